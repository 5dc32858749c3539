import Anthropic from "@anthropic-ai/sdk";
import {obey, options, report} from "./client.mjs";

const controller = new AbortController();
obey(order => {
  if (order == "close") controller.abort();
  if (order == "again") ask();
});

const client = new Anthropic({baseURL: options.url, apiKey: "none", ...options.defaults || {maxRetries: 0}});
const ask = async () => {
  try {
    // The helper of the package assembles the message, and fails at an event that
    // does not fit.
    const stream = client.messages.stream({
      model: "small",
      max_tokens: 100,
      messages: [{role: "user", content: options.body}],
    }, {signal: controller.signal});
    stream.on("connect", () => report("open"));
    stream.on("text", text => report("text", {text}));
    const message = await stream.finalMessage();
    report("usage", {text: String(message.usage.input_tokens + message.usage.output_tokens)});
    report("done");
  } catch (err) {
    if (controller.signal.aborted) report("stopped");
    else report("error", {status: err.status, code: err.error?.error?.code, text: err.message});
  }
};
await ask();
