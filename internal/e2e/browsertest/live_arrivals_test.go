package browsertest_test

import (
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
)

// arrivalsJS is the server of the regions that its steps put into the page: it has the
// streams, the answers and the time, so that each can come when a step says so. The page
// waits to be fetched until timers has what fetches it.
const arrivalsJS = `
	const get = fetch, later = setTimeout, every = setInterval, now = Date.now;
	let streams = [], asked = [], timers = [], ahead = 0;
	Date.now = () => now() + ahead;
	Math.random = () => 1;
	setTimeout = (f, ms, ...args) => ms == 12e4 ? 0 : ms < 1000 ? later(f, ms, ...args) : timers.push({f: () => f(...args), ms});
	setInterval = (f, ms) => every(f, ms == 99 ? 9 : ms);
	clearTimeout = n => { delete timers[n - 1]; };
	fetch = (url, o) => o?.method != "HEAD" && !o?.headers?.rivulet ? get(url, o) :
		new Promise(answer => asked.push((html, status = 200) => answer(new Response(status == 204 ? null : html, {status}))));
	EventSource = class extends EventTarget {
		constructor(url) {
			super();
			this.readyState = 0;
			this.path = new URL(url).pathname.slice(1);
			this.after = new URL(url).searchParams.get("lastEventId").split("-")[1];
			streams.push(this);
		}
		set(state) {
			this.readyState = state;
			state == 1 ? this.onopen() : this.onerror();
		}
		say(type, data) { this.readyState < 2 && this.dispatchEvent(new MessageEvent(type, {data})); }
		send(n, ...patches) { this.readyState < 2 && this.onmessage({lastEventId: "k-" + n, data: patches.join("")}); }
		close() { this.readyState = 2; }
	};
	console.warn = () => {};

	const find = selector => document.querySelector(selector);
	// turn lets the script look at the page several times, and answers be read.
	const turn = async () => {
		for (let i = 0; i < 4; i++) {
			await new Response("-").text();
			await new Promise(done => later(done, 20));
		}
	};
	const live = () => find("html").dataset.live;
	const item = (name, text) => '<?start name="' + name + '"><li>' + text + '</li><?end name="' + name + '">';
	const region = (name, n, content, path = "s") => '<?start name="' + name + '.live"><?start name="' + name + '"><?marker name="' + name + '.start">' +
		(content[0] == "<" ? content : content.split(" ").map(text => item(name + "." + text, text)).join("")) + '<?marker name="' + name + '.end"><?end name="' + name +
		'"><?live ' + name + ' ' + n + ' /' + path + '?lastEventId=k-><template data-r></template><?end name="' + name + '.live">';
	const append = (name, text) => '<template id="' + name + '.' + text + '" for="' + name + '.end">' + item(name + "." + text, text) + '<?marker name="' + name + '.end"></template>';
	const replace = (name, key, text) => '<template id="' + name + '.' + key + '" for="' + name + '.' + key + '">' + item(name + "." + key, text) + '</template>';
	const put = (...regions) => regions.map(html => {
		const list = document.createElement("ul");
		list.className = "put";
		list.innerHTML = html;
		find("body").append(list);
	});
	const shown = () => [...document.querySelectorAll(".put")].map(list => [...list.querySelectorAll("li")].map(node => node.textContent).join(" ")).join(", ");
	const last = all => all[all.length - 1];
	const at = path => last(streams.filter(stream => stream.path == path));
	const waiting = () => timers.filter(() => true);
	const fetched = async (...regions) => {
		const [timer] = waiting();
		if (!timer) return;
		timers = [];
		timer.f();
		await turn();
		asked.pop()?.("<body>" + regions.join("<p>"));
		await turn();
	};
	const begin = async (...regions) => {
		document.querySelectorAll(".put").forEach(node => node.remove());
		await turn();
		streams = [], asked = [], timers = [];
		put(...regions);
		await turn();
		streams.forEach(stream => stream.set(1));
		streams.forEach(stream => stream.say("heartbeat", "15000"));
	};
	const steps = {
		// A region arrives while another one of its stream waits for the page.
		async waits() {
			await begin(region("a", 5, "5"));
			streams[0].say("gap");
			put(region("b", 12, "12"));
			await turn();
			last(streams).set(1);
			const before = live() + " " + last(streams).after;
			last(streams).send(13, append("b", "13"));
			await fetched(region("a", 14, "5 9"));
			last(streams).send(15, append("a", "15"), append("b", "15"));
			return [before, live(), shown(), waiting().length, streams.length].join("|");
		},
		// One arrives while nobody knows yet whether the stream is over.
		async refused() {
			await begin(region("a", 5, "5"));
			streams[0].set(2);
			put(region("b", 12, "12"));
			await turn();
			asked.pop()("", 502);
			await turn();
			const before = live();
			await fetched(region("a", 14, "9"), region("b", 14, "14"));
			last(streams).set(1);
			return [before, live(), shown(), last(streams).after].join("|");
		},
		// The same, and the stream is over.
		async over() {
			await begin(region("a", 5, "5"));
			streams[0].set(2);
			put(region("b", 12, "12"));
			await turn();
			asked.pop()("", 204);
			await turn();
			return [live(), streams.length].join("|");
		},
		// The page has one of the two, such as when the other came as a fragment.
		async fragment() {
			await begin(region("a", 5, "5"), region("b", 5, "5"));
			streams[0].say("gap");
			await fetched(region("a", 14, "9"));
			last(streams).set(1);
			const before = live();
			await fetched(region("a", 16, "9"), region("b", 16, "10"));
			return [before, live(), shown(), last(streams).after].join("|");
		},
		// A region whose stream is well shows nothing older from the page.
		async healthy() {
			await begin(region("a", 5, "5"), region("c", 40, "40", "t"));
			at("t").send(50, append("c", "50"));
			at("s").say("gap");
			await fetched(region("a", 14, "9"), region("c", 48, "40", "t"));
			return [live(), shown(), at("s").after, at("t").after].join("|");
		},
		// A stream that is opened again for another region.
		async replayed() {
			await begin(region("a", 5, "x"));
			streams[0].send(20, replace("a", "x", "new"));
			put(region("b", 12, "12"));
			await turn();
			last(streams).set(1);
			const texts = [];
			for (const n of [13, 20, 21]) {
				last(streams).send(n, replace("a", "x", "x" + n), append("b", n));
				texts.push(shown());
			}
			return texts.join("|");
		},
		// An event that comes before the script has seen the region.
		async unseen() {
			await begin(region("a", 5, "5"));
			streams[0].send(35, append("a", "35"));
			put(region("b", 30, "30"));
			streams[0].send(36, append("b", "36"));
			await turn();
			for (let n = 31; n < 37; n++) last(streams).send(n, append("b", n));
			return shown();
		},
		async nested() {
			await begin(region("o", 5, region("i", 5, "5")));
			streams[0].say("gap");
			await fetched(region("o", 14, region("i", 14, "9")));
			last(streams).send(15, append("i", "15"));
			return [live(), shown()].join("|");
		},
		// A connection that does not come about.
		async stuck() {
			await begin(region("a", 5, "5"));
			streams = [];
			put(region("c", 5, "5", "t"));
			await turn();
			const before = live();
			ahead += 31e3;
			await turn();
			const then = live();
			streams.forEach(stream => stream.set(1));
			return [before, then, live()].join("|");
		},
		// A region that does not come back, and then another one.
		async longer() {
			await begin(region("b", 5, "5"), region("c", 40, "40", "t"));
			at("s").say("gap");
			let most = 0;
			for (let i = 0; i < 12; i++) {
				most = Math.max(most, waiting()[0].ms);
				await fetched();
			}
			ahead += 61e3;
			at("t").say("gap");
			return [most, waiting().map(timer => timer.ms)].join("|");
		},
		// An event that asks for a boundary whose older answer is still to come.
		async asked() {
			await begin();
			const ask = () => dispatchEvent(new CustomEvent("rivulet:refresh", {detail: "outer/inner"}));
			ask();
			ask();
			ask();
			const answer = text => asked.pop()('<?start name="inner"><i>' + text + '</i><?end name="inner">');
			answer("old");
			await turn();
			answer("new");
			await turn();
			return [find("#inner").textContent, asked.length].join("|");
		},
		// A timer whose time comes while the page is hidden.
		async hidden() {
			await begin('<?every outer/inner 50000><template data-r></template>');
			let hidden = true;
			Object.defineProperty(Document.prototype, "hidden", {get: () => hidden});
			waiting()[0].f();
			const before = asked.length;
			hidden = false;
			document.dispatchEvent(new Event("visibilitychange", {bubbles: true}));
			await turn();
			return [before, asked.length].join("|");
		},
	};
	for (const name in steps) addEventListener("step " + name, async () => note(name + ": " + await steps[name]()));
`

// arrivals are about regions that come while a stream is open, lost or refused.
func arrivals() browsertest.Scenario {
	return stepped("a region misses no event and shows nothing older, whenever another comes", arrivalsJS,
		func(t *testing.T, v *browsertest.Visit) {
			for _, step := range []struct{ name, want string }{
				{"waits", "lost 12|open|5 9 15, 12 13 15|0|2"},
				{"refused", "lost|open|9, 14|14"},
				{"over", "ended|1"},
				{"fragment", "lost|open|9, 10|14"},
				{"healthy", "open|9, 40 50|14|40"},
				{"replayed", "new, 12 13|new, 12 13 20|x21, 12 13 20 21"},
				{"unseen", "5 35, 30 31 32 33 34 35 36"},
				{"nested", "open|9 15"},
				{"stuck", "open|lost|open"},
				{"longer", "5120000|10000"},
				{"asked", "new|0"},
				{"hidden", "0|1"},
			} {
				before := len(v.Notes())
				v.Dispatch("step " + step.name)
				v.WaitNotes(before + 1)
				if got, want := v.Notes()[before], step.name+": "+step.want; got != want {
					t.Errorf("noted %q, want %q", got, want)
				}
			}
		})
}
