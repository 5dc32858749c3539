// What the scripts of the clients share: each does what its options say,
// reports what it sees as lines of JSON, and obeys the orders on its standard
// input. It ends when that does.
import readline from "node:readline";

export const options = JSON.parse(process.argv[2]);

export const report = (kind, more) => process.stdout.write(JSON.stringify({kind, ...more}) + "\n");

// obey has f called with each order.
export const obey = f => readline.createInterface({input: process.stdin}).on("line", f).on("close", () => process.exit());

// followEventSource reports what an EventSource, of whatever make, sees.
export const followEventSource = EventSource => {
  const source = new EventSource(options.url);
  const hear = e => report("event", {name: e.type, id: e.lastEventId, data: e.data});
  for (const name of ["message", ...options.names ?? []]) source.addEventListener(name, hear);
  source.addEventListener("open", () => report("open"));
  source.addEventListener("error", () => report(source.readyState == EventSource.CLOSED ? "stopped" : "lost"));
  obey(order => {
    if (order == "close") source.close();
  });
};
