package browsertest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
	"github.com/rivulet-go/rivulet/stream"
)

// counted is a load that passes a gate and returns the number of its call in a visit.
// Its first calls fail.
func counted(gate string, failures int) pages.Text {
	var mu sync.Mutex
	calls := map[string]int{}
	return func(ctx context.Context) (string, error) {
		if _, err := browsertest.Gate(gate)(ctx); err != nil {
			return "", err
		}
		mu.Lock()
		defer mu.Unlock()
		visit := browsertest.Elsewhere(ctx, "")
		if calls[visit]++; calls[visit] <= failures {
			return "", errors.New("not yet")
		}
		return fmt.Sprint(calls[visit]), nil
	}
}

// requested returns what the page was asked for by its keys, with the query.
func requested(v *browsertest.Visit) string {
	var all []string
	for _, r := range v.Requests() {
		if key := r.Header.Get("Rivulet"); key != "" {
			all = append(all, key+"?"+r.URL.RawQuery)
		}
	}
	return strings.Join(all, " ")
}

func keyed() []browsertest.Scenario {
	script := func(text string) map[string]browsertest.File {
		return map[string]browsertest.File{"state.js": func(_ *browsertest.Visit, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = io.WriteString(w, text)
		}}
	}
	f := newFeed("a")
	list := f.region("list")
	return []browsertest.Scenario{{
		Name:   "an event makes the page request a boundary, and leaves its region alone",
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		Page:   pages.KeysLive(list, f.load, counted("panel", 0)),
		Files:  f.files(""),
		Watch:  map[string]string{"open": "html[data-live=open] #list > .a", "1": "#rows > .v1", "2": "#rows > .v2", "b": "#list > .b"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Open("panel")
			v.Wait("open", "1")
			f.send(list.Refresh("panel"), list.Append("b", pages.LI(pages.Row{Key: "b", Text: "2"})))
			v.Wait("b", "2")
			if got, want := part(v.Picture(), "list"), li("a", "b:2"); got != want {
				t.Errorf("list holds %s, want %s", got, want)
			}
		},
	}, {
		Name:   "a boundary is requested again by a link, a form and an event, and what was typed stays",
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		Page:   pages.Keys(counted("panel", 0), counted("broken", 0)),
		Files: script(`
			addEventListener("type", () => {
				const field = document.getElementById("field");
				field.value = "typed";
				field.focus();
				field.setSelectionRange(1, 3);
				document.getElementById("details").open = true;
				note("typed");
			});
			addEventListener("rivulet:patch", e => note("patch of " + e.detail + " in " + e.target.id));
			addEventListener("link", () => document.getElementById("link").click());
			addEventListener("button", () => document.getElementById("button").click());
			addEventListener("ask", () => {
				dispatchEvent(new CustomEvent("rivulet:refresh", {detail: "panel"}));
				dispatchEvent(new CustomEvent("rivulet:refresh", {detail: "panel"}));
				dispatchEvent(new CustomEvent("rivulet:refresh", {detail: "nothing"}));
			});
			addEventListener("value", () => note("value " + document.getElementById("field").value + " " + document.getElementById("details").open + " " + location.search));
		`),
		Watch: map[string]string{
			"dots": "#rows > .dots", "1": "#rows > .v1", "busy": "#rows > .v1[aria-busy=true]",
			"2": "#rows > .v2", "3": "#rows > .v3", "5": "#rows > .v5", "script": "html[data-live]",
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("dots")
			v.Open("panel", "broken")
			v.Wait("1", "script")
			v.Dispatch("type")
			v.WaitNote("typed")
			v.Dispatch("link")
			v.Wait("busy", "2")
			v.WaitNote("patch of panel in rows")
			v.Dispatch("value")
			v.WaitNote("value typed true ?page=2")
			if p := v.Picture(); p.Active != "field" || p.Caret != "1-3" || strings.Contains(part(p, "rows"), "aria-busy") {
				t.Errorf("focus %q, caret %q, rows %s", p.Active, p.Caret, part(p, "rows"))
			}
			v.Dispatch("button")
			v.Wait("3")
			v.Dispatch("ask")
			v.Wait("5")
			if got, want := requested(v), "panel?page=2 panel?q=a%26b&go=1 panel?q=a%26b&go=1 panel?q=a%26b&go=1"; got != want {
				t.Errorf("requested %q, want %q", got, want)
			}
			v.Open("end")
		},
	}, {
		Name:   "a boundary that has failed is tried again, and has the focus then",
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		Page:   pages.Keys(counted("panel", 0), counted("broken", 2)),
		Files: script(`
			const get = fetch;
			let down = false;
			fetch = (url, o) => down && o?.headers?.rivulet ? Promise.reject("down") : get(url, o);
			addEventListener("down", () => down = true);
			addEventListener("up", () => down = false);
			const find = selector => document.querySelector(selector);
			console.warn = (...args) => {
				const said = getComputedStyle(find("#broken .rv-error-failed")).display;
				note("warned " + args.join(" ") + ", says " + said + ", focus on " + document.activeElement.className);
			};
			addEventListener("try", () => {
				const link = find("#broken a");
				link.focus();
				link.click();
				note("busy " + find("#broken [aria-busy]").className + ", says " + getComputedStyle(find("#broken .rv-error-failed")).display);
			});
			addEventListener("focus", () => note("focus on " + document.activeElement.className));
			addEventListener("nowhere", () => find("#nowhere").click());
			addEventListener("wrong", () => find("#wrong").click());
		`),
		Watch: map[string]string{"card": "#broken .rv-error a", "script": "html[data-live]", "stale": "html[data-live=stale] .rv-stale", "3": `#broken > b[class="3"]`, "fresh": "html[data-live=open]"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Open("panel", "broken")
			v.Wait("card", "script")
			v.Dispatch("try")
			v.WaitNote("busy rv-error, says none")
			v.WaitNote("warned rivulet: not refreshed: broken 500, says block, focus on rv-again")
			v.Wait("stale")
			v.Dispatch("down")
			v.Dispatch("try")
			v.WaitNote("warned rivulet: not refreshed: broken down, says block, focus on rv-again")
			v.Dispatch("up")
			// A developer's mistakes.
			v.Dispatch("nowhere")
			v.WaitNote("warned rivulet: no boundary nowhere, says block, focus on rv-again")
			v.Dispatch("wrong")
			v.WaitNote("warned rivulet: not refreshed: product/panel 404, says block, focus on rv-again")
			v.Dispatch("try")
			v.Wait("3")
			v.Dispatch("focus")
			v.WaitNote("focus on 3")
			v.Open("end")
		},
	}, styled(), spread(), cutKeyed(closed, false), cutKeyed(ended, false), cutKeyed(ended, true), {
		Name:  "without script a link that would request a boundary loads the page",
		Where: func(e *browsertest.Engine) bool { return !e.Scripting },
		Page:  pages.Keys(counted("panel", 0), counted("broken", 1)),
		Files: script(``),
		Watch: map[string]string{"1": "#rows > .v1", "card": "#broken .rv-error a"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Open("panel", "broken", "end")
			v.Wait("1", "card")
		},
	}}
}

// cutKeyed is a page that is cut. The script requests what is pending, if it has a
// key. The notice shows if something has none.
func cutKeyed(l loss, bare bool) browsertest.Scenario {
	name := "what is pending on a page that was cut is requested by its keys"
	if bare {
		name = "the notice stays on a page that was cut if something pending has no key"
	}
	return browsertest.Scenario{
		Name:     fmt.Sprintf("%s, and the connection %v", name, l),
		Where:    browsertest.Scripted,
		Policy:   livePolicy,
		Page:     pages.KeysCut(bare),
		Renderer: stream.Renderer{Timeout: 3 * time.Second},
		Hidden:   l == ended,
		Faults:   []string{errLost.Error()},
		Wrap: func(v *browsertest.Visit, w http.ResponseWriter) http.ResponseWriter {
			return &loser{ResponseWriter: w, at: cutAt{write: 3}, loss: l, lose: func() {}}
		},
		Watch: map[string]string{
			"dots": "#a > .dots", "outer": "#outer > .outer", "a": "#a > b.a", "inner": "#inner > b.inner",
			"whole": "html[data-whole]",
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("dots")
			v.Open("outer")
			v.Wait("outer")
			v.Open("a")
			v.WaitEnd()
			v.Open("inner", "bare")
			v.Wait("a", "inner")
			if !bare {
				v.Wait("whole")
			}
			v.Picture()
			if got := requested(v); got != "a? outer/inner?" && got != "outer/inner? a?" {
				t.Errorf("requested %q, want a and outer/inner", got)
			}
			if bare && slices.Contains(v.Seen(), "whole") {
				t.Error("the page claims to be whole")
			}
		},
	}
}
