package browsertest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
	"github.com/rivulet-go/rivulet/stream"
)

// departures are about regions that leave their page, and about pages that are left.
func departures() []browsertest.Scenario {
	return []browsertest.Scenario{removed(), restored(), returned(false), returned(true)}
}

// removed has a script that takes the region away and brings it again, as libraries do
// that replace the body.
func removed() browsertest.Scenario {
	f := newFeed("a")
	list := f.region("list")
	return browsertest.Scenario{
		Name:  "the stream of a region that a script takes away is closed, and opened when it brings another",
		Where: browsertest.Scripted,
		Page:  pages.List(list, f.load),
		Files: f.files(`
			addEventListener("away", () => document.getElementById("list").replaceChildren());
			addEventListener("back", async () => {
				const text = await (await fetch(location, {cache: "no-store"})).text();
				const page = new DOMParser().parseFromString(text, "text/html");
				document.getElementById("list").replaceWith(page.getElementById("list"));
			});
		`),
		Watch: map[string]string{"open": "html[data-live=open] .a", "b": "#list > .b"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Open("end")
			v.Wait("open")
			f.settle(t, v, 1)
			v.Dispatch("away")
			f.settle(t, v, 0)
			v.Dispatch("back")
			f.settle(t, v, 1)
			f.send(list.Append("b", pages.LI(pages.Row{Key: "b", Text: "1"})))
			v.Wait("b")
			if got := asked(v); got != 2 {
				t.Errorf("the events were asked for %d times, want 2", got)
			}
		},
	}
}

// restored has a script that keeps a page as HTML and puts it back, as htmx 2 does for
// its history.
func restored() browsertest.Scenario {
	f := newFeed("a")
	list := f.region("list")
	var calls atomic.Int64
	return browsertest.Scenario{
		Name:  "a page that a library puts back as HTML has its stream, from where it was, and its timer",
		Where: browsertest.Scripted,
		Page:  pages.KeysTimed(list, f.load, func(context.Context) (string, error) { return fmt.Sprint(calls.Add(1)), nil }),
		Files: f.files(`
			let kept;
			addEventListener("away", () => {
				kept = [...document.querySelectorAll("#list, table")].map(node => node.outerHTML).join("");
				document.querySelectorAll("#list, table").forEach(node => node.remove());
			});
			addEventListener("back", () => document.body.insertAdjacentHTML("beforeend", kept));
		`),
		Watch: map[string]string{"open": "html[data-live=open] .a", "b": "#list > .b", "missed": "#list > .b ~ .c", "d": "#list > .c ~ .d", "1": "#rows tr"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("open", "1")
			v.WaitComplete()
			f.settle(t, v, 1)
			f.send(list.Append("b", pages.LI(row("b", "1"))))
			v.Wait("b")
			v.Dispatch("away")
			f.settle(t, v, 0)
			seen, _ := f.topic().Position(context.Background())
			f.send(list.Append("c", pages.LI(row("c", "1"))))
			before := len(v.Requests())
			v.Dispatch("back")
			v.Wait("missed")
			if got := f.lastAsked(); got != seen {
				t.Errorf("the events were asked for from %s, want %s", got, seen)
			}
			f.send(list.Append("d", pages.LI(row("d", "1"))))
			v.Wait("d")
			v.WaitRequests(before + 2)
			f.settle(t, v, 1)
		},
	}
}

// returned goes to another page and comes back. The browser then shows the page as it
// was left, from its cache, or loads it.
func returned(noStore bool) browsertest.Scenario {
	f := newFeed("a")
	list := f.region("list")
	page := pages.KeysTimed(list, f.load, func(context.Context) (string, error) { return "1", nil })
	name := "a page that comes back from the browser's cache has its stream, and each timer once"
	if noStore {
		name = "a page with no-store that is gone back to has its stream, and each timer once"
	}
	files := f.files(`
		const later = setTimeout, timers = new Set;
		let most = 0;
		setTimeout = (f, ms, ...args) => {
			const timer = ms > 800 && ms < 1200 && {};
			if (timer) most = Math.max(most, timers.add(timer).size);
			return later((...args) => { timers.delete(timer); f(...args); }, ms, ...args);
		};
		addEventListener("away", () => {
			rest();
			later(() => location = "away", 100);
		});
		addEventListener("pageshow", e => note("shown " + e.persisted));
		addEventListener("timers", () => note("timers " + most));
	`)
	files["away"] = func(_ *browsertest.Visit, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, `<!DOCTYPE html><title>away</title><script>onload = () => setTimeout(() => history.back(), 500)</script>`)
	}
	return browsertest.Scenario{
		Name: name,
		// WebKitGTK's MiniBrowser does not come back.
		Where: func(e *browsertest.Engine) bool { return e.Scripting && e.Name != browsertest.WebKit().Name },
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if noStore {
				w.Header().Set("Cache-Control", "no-store")
			}
			_ = (&stream.Renderer{}).Render(w, r, page)
		}),
		Files:  files,
		Faults: []string{"NetworkError", "Failed to fetch", "Load failed"},
		Watch:  map[string]string{"open": "html[data-live=open] #list > .a", "b": "#list > .b"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("open")
			v.WaitComplete()
			v.WaitNote("shown false")
			f.settle(t, v, 1)
			notes := len(v.Notes())
			v.Dispatch("away")
			shown := func() string {
				for _, note := range v.Notes()[notes:] {
					if s, ok := strings.CutPrefix(note, "shown "); ok {
						return s
					}
				}
				return ""
			}
			v.WaitNotes(notes + 1)
			for shown() == "" {
				v.WaitNotes(len(v.Notes()) + 1)
			}
			t.Logf("%s: from the cache: %s", v.Engine().Name, shown())
			f.send(list.Append("b", pages.LI(row("b", "b"))))
			v.Wait("b")
			f.settle(t, v, 1)
			// Two more refreshes, of one timer.
			v.WaitRequests(len(v.Requests()) + 2)
			v.Dispatch("timers")
			v.WaitNote("timers 1")
			// An open stream keeps a page out of Firefox's cache.
			if want := fmt.Sprint(!noStore && v.Engine().Name != browsertest.Firefox().Name); shown() != want {
				t.Errorf("from the cache: %s, want %s", shown(), want)
			}
			if slices.Contains(v.Notes(), "timers 2") {
				t.Error("two timers request one boundary")
			}
		},
	}
}
