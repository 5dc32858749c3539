import {fetchEventSource} from "@microsoft/fetch-event-source";
import {obey, options, report} from "./client.mjs";

// It counts on a browser.
globalThis.window = globalThis;
globalThis.document = {hidden: false, addEventListener() {}, removeEventListener() {}};

// Only what onerror throws keeps it from coming back, as its documentation says.
class Stop extends Error {}

const controller = new AbortController();
obey(order => {
  if (order == "close") controller.abort();
});

fetchEventSource(options.url, {
  method: options.method ?? "GET",
  headers: options.headers,
  body: options.body,
  signal: controller.signal,
  onopen: response => {
    if (response.status == 204) throw new Stop();
    if (!response.ok) throw new Error(response.statusText);
    report("open");
  },
  onmessage: m => report("event", {name: m.event || "message", id: m.id, data: m.data}),
  onclose: () => {
    report("lost");
    if (options.stay) throw new Error("the server has ended the response");
  },
  onerror: err => {
    if (err instanceof Stop) throw err;
  },
}).catch(() => report("stopped"));
