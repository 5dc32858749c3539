import OpenAI from "openai";
import {obey, options, report} from "./client.mjs";

const controller = new AbortController();
obey(order => {
  if (order == "close") controller.abort();
});

const client = new OpenAI({baseURL: options.url, apiKey: "none", maxRetries: 0});
try {
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
  report(controller.signal.aborted ? "stopped" : "done");
} catch (err) {
  report("error", {status: err.status, code: err.code, text: err.message});
}
