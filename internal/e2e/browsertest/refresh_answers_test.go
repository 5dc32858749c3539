package browsertest_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
	"github.com/rivulet-go/rivulet/stream"
)

// styled is a page each of whose answers has another nonce.
func styled() browsertest.Scenario {
	var answers atomic.Int64
	page := pages.KeysStyled(counted("panel", 0))
	return browsertest.Scenario{
		Name:  "a style that comes with a refresh counts, and only with the nonce of the answer's policy",
		Where: browsertest.Scripted,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			nonce := fmt.Sprintf("nonce%d", answers.Add(1))
			w.Header().Set("Content-Security-Policy", strings.ReplaceAll(livePolicy, "{nonce}", nonce))
			w.Header().Set("Cache-Control", "no-store")
			_ = (&stream.Renderer{}).Render(w, r.WithContext(templ.WithNonce(r.Context(), nonce)), page)
		}),
		Files: map[string]browsertest.File{"state.js": func(_ *browsertest.Visit, w http.ResponseWriter, _ *http.Request) {
			script(w, `
				addEventListener("refresh", () => dispatchEvent(new CustomEvent("rivulet:refresh", {detail: "panel"})));
				addEventListener("nonces", () => note([...document.querySelectorAll("#rows style")].map(style => style.nonce.replace(/\d+/, "N")).join(" ")));
			`)
		}},
		Watch:  map[string]string{"1": "#rows > .v1", "2": "#rows > .v2", "script": "html[data-live]"},
		Faults: []string{"policy: style-src-elem inline", "policy: style-src inline", "cannot load undefined"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Open("panel")
			v.Wait("1", "script")
			v.Dispatch("refresh")
			v.Wait("2")
			for _, name := range []string{"1", "2"} {
				if got, want := v.Color(name), "rgb(4, 5, 6)"; got != want {
					t.Errorf("Color(%s) = %s, want %s", name, got, want)
				}
			}
			v.Dispatch("nonces")
			v.WaitNote("nonceN   n")
			v.Open("end")
		},
	}
}

// spread has an event for which a thousand pages refresh: here, a page receives it a
// thousand times, and says when it would request its content each time.
func spread() browsertest.Scenario {
	f := newFeed("a")
	list := f.region("list")
	const events = 1000
	return browsertest.Scenario{
		Name:  "a thousand pages that refresh on one event request their content over three seconds",
		Where: browsertest.Scripted,
		Page:  pages.KeysLive(list, f.load, counted("panel", 0)),
		Files: f.files(`
			const later = setTimeout, slots = Array(30).fill(0);
			setTimeout = (f, ms, ...args) => {
				if (args[0] == "panel") slots[Math.floor(ms / 100)]++;
				return later(f, args[0] == "panel" ? 0 : ms, ...args);
			};
			addEventListener("slots", () => note("slots " + slots.join(" ")));
		`),
		Watch: map[string]string{"open": "html[data-live=open] #list > .a", "1": "#rows > .v1", "2": "#rows > .v2", "b": "#list > .b"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Open("panel")
			v.Wait("open", "1")
			f.send(templ.Join(append(slices.Repeat([]templ.Component{list.Refresh("panel")}, events), list.Append("b", pages.LI(row("b", "b"))))...))
			v.Wait("b", "2")
			v.Dispatch("slots")
			v.Picture()
			v.Picture()
			for _, note := range v.Notes() {
				figures, ok := strings.CutPrefix(note, "slots ")
				if !ok {
					continue
				}
				least, most, sum := events, 0, 0
				for _, field := range strings.Fields(figures) {
					var n int
					_, _ = fmt.Sscan(field, &n)
					least, most, sum = min(least, n), max(most, n), sum+n
				}
				t.Logf("%d requests in 30 slots of 100 ms: %s", sum, figures)
				// A slot has 33 on average, with a deviation of 6.
				if sum != events || least < 5 || most > 75 {
					t.Errorf("%d requests, at least %d and at most %d in 100 ms, want %d, 5 and 75", sum, least, most, events)
				}
				return
			}
			t.Error("no slots were noted")
		},
	}
}
