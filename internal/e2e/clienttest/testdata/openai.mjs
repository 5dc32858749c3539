import OpenAI from "openai";
import {obey, options, report} from "./client.mjs";

const controller = new AbortController();
obey(order => {
  if (order == "close") controller.abort();
  if (order == "again") ask();
});

const client = new OpenAI({baseURL: options.url, apiKey: "none", ...options.defaults || {maxRetries: 0}});

const chat = async () => {
  const stream = await client.chat.completions.create({
    model: "small",
    messages: [{role: "user", content: options.body}],
    stream: true,
    stream_options: {include_usage: true},
  }, {signal: controller.signal});
  report("open");
  for await (const chunk of stream) {
    const text = chunk.choices[0]?.delta?.content;
    if (text) report("text", {text});
    if (chunk.usage) report("usage", {text: String(chunk.usage.total_tokens)});
  }
};

// The helper of the package assembles the response, and fails at an event that
// does not fit.
const responses = async () => {
  const stream = client.responses.stream({model: "small", input: options.body}, {signal: controller.signal});
  stream.on("response.created", () => report("open"));
  stream.on("response.output_text.delta", e => report("text", {text: e.delta}));
  const response = await stream.finalResponse();
  report("usage", {text: String(response.usage.total_tokens)});
};

const ask = async () => {
  try {
    await (options.api == "responses" ? responses : chat)();
    report(controller.signal.aborted ? "stopped" : "done");
  } catch (err) {
    if (controller.signal.aborted) report("stopped");
    else report("error", {status: err.status, code: err.code, text: err.message});
  }
};
await ask();
