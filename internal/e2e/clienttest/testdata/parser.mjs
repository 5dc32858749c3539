// eventsource-parser over undici's fetch, with a loop around it as people write
// it for a POST.
import {setTimeout} from "node:timers/promises";
import {EventSourceParserStream} from "eventsource-parser/stream";
import {fetch} from "undici";
import {obey, options, report} from "./client.mjs";

const controller = new AbortController();
obey(order => {
  if (order == "close") controller.abort();
});

let lastEventId, retry = 3000;
while (!controller.signal.aborted) {
  try {
    const response = await fetch(options.url, {
      method: options.method ?? "GET",
      headers: {...options.headers, ...lastEventId && {"Last-Event-ID": lastEventId}},
      body: options.body,
      signal: controller.signal,
    });
    if (response.status == 204) break;
    report("open");
    const events = response.body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream({onRetry: ms => retry = ms}));
    for await (const e of events) {
      if (e.id) lastEventId = e.id;
      report("event", {name: e.event ?? "message", id: e.id, data: e.data});
    }
  } catch {
    // Cut, or not there: it is asked again.
  }
  report("lost");
  await setTimeout(retry, null, {signal: controller.signal}).catch(() => {});
}
report("stopped");
