package browsertest_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
)

// unruly is about pages that are in the way of the script live.
func unruly() []browsertest.Scenario {
	f := newFeed("first")
	list, other := f.region("list"), f.region("other")
	return []browsertest.Scenario{{
		Name:   "a boundary is requested by what a visitor means to",
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		Page:   pages.Unruly(counted("panel", 0)),
		Files: map[string]browsertest.File{"state.js": func(_ *browsertest.Visit, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = io.WriteString(w, `
				const find = id => document.getElementById(id), click = id => find(id).dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true}));
				addEventListener("type", () => {
					document.querySelector("#panel .text").value = "typed";
					// Behind the listeners of the script, so that nothing leaves the page.
					for (const type of ["click", "submit"])
						addEventListener(type, e => {
							if (e.isTrusted || type == "submit" || e.target.id != "submit" && e.target.id != "post" && e.target.id != "box") {
								if (type == "submit" || e.target.id != "plain") note(type + " on " + (e.submitter ?? e.target).id + (e.defaultPrevented ? " taken" : " left"));
								e.preventDefault();
							}
						});
					note("typed");
				});
				for (const id of ["within", "plain", "submit", "post", "invalid", "drawn", "box", "blank"])
					addEventListener("click " + id, () => click(id));
				addEventListener("fill", () => { find("must").value = "1"; click("submit"); });
				addEventListener("value", () => note("value " + document.querySelector("#panel .text")?.value + " " + find("box").checked));
			`)
		}},
		Watch: map[string]string{"1": "#panel > .v1", "2": "#panel > .v2", "3": "#panel > .v3", "4": "#panel > .v4", "script": "html[data-live]"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Open("panel")
			v.Wait("1", "script")
			v.Dispatch("type")
			v.WaitNote("typed")
			v.Dispatch("click within")
			v.Wait("2")
			v.Dispatch("click plain")
			v.Wait("3")
			for _, id := range []string{"invalid", "drawn", "blank"} {
				v.Dispatch("click " + id)
				v.WaitNote("click on " + id + " left")
			}
			v.Dispatch("click box")
			v.Dispatch("click submit") // a field is not valid
			v.Dispatch("click post")
			v.WaitNote("submit on post left")
			v.Dispatch("fill")
			v.Wait("4")
			v.WaitNote("submit on submit taken")
			v.Dispatch("value")
			v.WaitNote("value typed true")
			if got, want := requested(v), "constructor?page=2 constructor?page=2 constructor?q=1"; got != want {
				t.Errorf("requested %q, want %q", got, want)
			}
			v.Open("end")
		},
	}, {
		Name:   "boundaries that stand in one another are requested one by one",
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		Page:   pages.Nested(counted("c", 2)),
		Files: map[string]browsertest.File{"state.js": func(_ *browsertest.Visit, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = io.WriteString(w, `
				for (const detail of ["a/b/c", "a/b", "a"])
					addEventListener(detail, () => dispatchEvent(new CustomEvent("rivulet:refresh", {detail})));
			`)
		}},
		Watch: map[string]string{
			"dots": "#nest > .dots", "failed": "#nest > [role=alert]", "stale": "html[data-live=stale]", "fresh": `html[data-live=open] #nest > b[class="3"]`,
			"4": `#nest > b[class="4"]`, "5": `#nest > b[class="5"]`, "6": `#nest > b[class="6"]`,
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("dots")
			v.Open("a", "b", "c")
			v.Wait("failed")
			v.Dispatch("a/b/c")
			v.Wait("stale")
			v.Dispatch("a") // brings the one that has failed
			v.Wait("fresh")
			v.Dispatch("a/b/c")
			v.Wait("4")
			v.Dispatch("a/b")
			v.Wait("5")
			v.Dispatch("a")
			v.Wait("6")
			if got, want := part(v.Picture(), "nest"), `<b class="6">6</b>`; got != want {
				t.Errorf("the page holds %s, want %s", got, want)
			}
			v.Open("end")
		},
	}, {
		Name:   "a region that the page no longer has is not put in place of its comments",
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		Page:   pages.Commented(list, other, f.load),
		Files: f.files(`
			Math.random = () => .01;
			addEventListener("empty", () => { document.getElementById("list").replaceChildren(); note("empty"); });
		`),
		Watch: map[string]string{"open": "html[data-live=open] #other > .first", "second": "#other > .second"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("open")
			v.Dispatch("empty")
			v.WaitNote("empty")
			f.set(refuse)
			v.WaitRequests(2) // the page is fetched again
			f.set(nil)
			f.settle(t, v, 1) // the page that was fetched includes all that was sent before
			f.send(other.Append("second", pages.LI(pages.Row{Key: "second", Text: "2"})))
			v.Wait("second")
			if p := v.Picture(); p.Parts["keep"] != "kept" || part(p, "list") != "" {
				t.Errorf("the page holds %q and %q, want kept and nothing", p.Parts["keep"], part(p, "list"))
			}
		},
	}}
}
