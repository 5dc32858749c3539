package browsertest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
)

// racesJS has an answer for each request when the test says so, and no time pass
// while a connection is silent.
const racesJS = `
	const get = fetch, later = setTimeout, every = setInterval, asked = {};
	let silent = [], either;
	fetch = (url, o) => !o?.headers?.rivulet ? get(url, o) : new Promise((answer, fail) => {
		const path = o.headers.rivulet;
		note("asked " + path + new URL(url).search);
		(asked[path] ||= []).push((html, status = 200) => answer(new Response(html, {status})));
		o.signal.addEventListener("abort", () => {
			either || note("ended " + path);
			fail(o.signal.reason);
		});
	});
	setInterval = (f, ms) => every(f, ms == 99 ? 9 : ms);
	setTimeout = (f, ms, ...args) => ms == 12e4 ? silent.push(f) : later(f, ms, ...args);
	console.warn = (...args) => note("warned");

	const find = selector => document.querySelector(selector);
	const part = (name, content) => "<?start name=\"" + name + "\">" + content + "<?end name=\"" + name + "\">";
	const outer = text => part("outer", "<b>" + text + "</b><div id=inner>" + part("inner", "<i>" + text + "</i>") + "</div>");
	const ask = path => dispatchEvent(new CustomEvent("rivulet:refresh", {detail: path}));
	const swap = () => find("#outer").outerHTML = find("#outer").outerHTML;
	// turn lets the script look at the page several times, and answers be read.
	const turn = async () => {
		for (let i = 0; i < 4; i++) {
			await new Response("-").text();
			await new Promise(done => later(done, 20));
		}
	};
	const text = () => [...document.querySelectorAll("#outer b, #outer i")].map(node => node.textContent).join(" ");
	const steps = {
		async swapped() {
			ask("outer");
			swap();
			asked.outer.shift()(outer("old"));
			await turn();
			return text() + " " + (find("html").dataset.live == "stale");
		},
		async failed() {
			ask("outer");
			swap();
			asked.outer.shift()("", 500);
			await turn();
			return find("html").dataset.live == "stale";
		},
		async ended() {
			ask("outer");
			swap();
			await turn();
		},
		async inner() {
			ask("outer/inner");
			ask("outer");
			asked.outer.pop()(outer("2"));
			await turn();
			asked["outer/inner"].pop()(part("inner", "<i>older</i>"));
			await turn();
			asked["outer/inner"].pop()(part("inner", "<i>3</i>"));
			await turn();
			return text();
		},
		async outer() {
			ask("outer");
			ask("outer/inner");
			asked["outer/inner"].pop()(part("inner", "<i>4</i>"));
			await turn();
			asked.outer.pop()(outer("older"));
			await turn();
			asked.outer.pop()(outer("5"));
			await turn();
			return text();
		},
		async both() {
			ask("outer");
			ask("outer");
			ask("outer/inner");
			for (let i = 0; i < 5; i++) {
				asked.outer.pop()?.(outer("older"));
				await turn();
				asked["outer/inner"].pop()?.(part("inner", "<i>6</i>"));
				await turn();
			}
			return text();
		},
		async without() {
			ask("outer/inner");
			ask("outer");
			asked.outer.pop()(part("outer", "<b>6</b>"));
			await turn();
			ask("outer");
			asked.outer.pop()(outer("7"));
			await turn();
			return text();
		},
		async turned() {
			ask("outer");
			find("#link").click();
			asked["outer/inner"].pop()(part("inner", "<i>8</i>"));
			await turn();
			asked.outer.pop()(outer("8"));
			await turn();
			return text();
		},
		async joined() {
			ask("outer/inner");
			find("#link").click();
			asked["outer/inner"].pop()("", 500);
			await turn();
			return find("#inner i").dataset.failed + " " + find("html").dataset.live;
		},
		async stale() {
			swap();
			await turn();
			return find("html").dataset.live;
		},
		async silent() {
			silent = [];
			ask("outer/inner");
			silent.pop()();
			await turn();
			return find("#inner i").ariaBusy + " " + find("html").dataset.live;
		},
		async streamed() {
			ask("outer/inner");
			asked["outer/inner"].pop()("<body>" + part("inner", "<?start name=\"1\">...<?end>") + "<template for=1><i>9</i></template><!/>");
			await turn();
			return text();
		},
	};
	for (const name in steps)
		addEventListener("step " + name, async () => {
			// The request may end before it is answered.
			either = name == "swapped" || name == "failed";
			note(name + ": " + await steps[name]());
		});
`

// races are about answers that come when the page has changed, or that do not come.
func races() browsertest.Scenario {
	s := stepped("an answer changes only what has been asked for, and a request ends", racesJS,
		func(t *testing.T, v *browsertest.Visit) {
			for _, step := range []struct{ name, notes string }{
				{"swapped", "asked outer|swapped: outer inner false"},
				{"failed", "asked outer|failed: false"},
				{"ended", "asked outer|ended outer|ended: undefined"},
				{"inner", "asked outer/inner|asked outer|asked outer/inner|inner: 2 3"},
				{"outer", "asked outer|asked outer/inner|asked outer|outer: 5 5"},
				{"both", "asked outer|asked outer/inner|asked outer|both: older older"},
				{"without", "asked outer/inner|asked outer|ended outer/inner|asked outer|without: 7 7"},
				{"turned", "asked outer|asked outer/inner?page=2|ended outer|asked outer?page=2|turned: 8 8"},
				{"joined", "asked outer/inner?page=2|warned|joined: true stale"},
				{"stale", "stale: open"},
				{"silent", "asked outer/inner?page=2|ended outer/inner|warned|silent: null stale"},
				// A browser that patches has put the chunk in place.
				{"streamed", map[bool]string{false: "asked outer/inner?page=2|warned|streamed: 8 8", true: "asked outer/inner?page=2|streamed: 8 9"}[v.Engine().Native]},
			} {
				before := len(v.Notes())
				v.Dispatch("step " + step.name)
				want := strings.Split(step.notes, "|")
				v.WaitNote(want[len(want)-1])
				if got := v.Notes()[before:]; !slices.Equal(got, want) {
					t.Errorf("%s: noted %q, want %q", step.name, got, want)
				}
			}
		})
	s.Differs = "scripts have changed the page"
	return s
}

// stepped is a page with one boundary in another one, both with keys, and a script that
// takes steps on it when run says so.
func stepped(name, js string, run func(*testing.T, *browsertest.Visit)) browsertest.Scenario {
	return browsertest.Scenario{
		Name:  name,
		Where: browsertest.Scripted,
		Page:  pages.KeysNested(),
		Files: map[string]browsertest.File{"state.js": func(_ *browsertest.Visit, w http.ResponseWriter, _ *http.Request) { script(w, js) }},
		Watch: map[string]string{"inner": "#inner > .inner", "script": "html[data-live]"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Open("outer", "inner")
			v.Wait("inner", "script")
			v.WaitComplete()
			run(t, v)
		},
	}
}
