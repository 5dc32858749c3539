package browsertest_test

import (
	"context"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
	"github.com/rivulet-go/rivulet/internal/e2e/nodetest"
	"github.com/rivulet-go/rivulet/stream"
)

// exampleJS returns a script of examples/htmx, which docs/htmx.md shows.
func exampleJS(name string) string {
	text, err := os.ReadFile("../../../examples/htmx/js/" + name)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// trusting is a scenario in which scripts may make HTML by a policy only. js is the
// script that gives htmx one, or "" for none.
func trusting(version, policies, js string, works bool) browsertest.Scenario {
	s := startHTMX(version, "Trusted Types", noncePolicy+"; require-trusted-types-for 'script'; trusted-types "+policies, templ.NopComponent)
	s.Where = func(e *browsertest.Engine) bool { return e.Scripting && strings.HasPrefix(e.Name, "Chromium") }
	s.Files["state.js"] = func(_ *browsertest.Visit, w http.ResponseWriter, _ *http.Request) {
		if js != "" {
			script(w, exampleJS(js)+htmxJS)
		} else {
			script(w, htmxJS)
		}
	}
	if !works {
		s.Name = version + " inserts nothing under Trusted Types without a policy of its own, and the page arrives"
		s.Differs = "htmx marks what it has processed"
		s.Faults = append(s.Faults, "TrustedHTML", "require-trusted-types-for", "htmx:swapError")
		s.Run = func(t *testing.T, v *browsertest.Visit) {
			nodetest.Node(t, htmxModules)
			v.Open("packages")
			v.Wait("dots", "open", "a")
			v.Dispatch("click shell")
			v.WaitNote("answer shell")
			v.Open("panel", "end", "slow")
			v.Finished(t)
			if slices.Contains(v.Seen(), "shell") {
				t.Error("htmx has inserted an answer")
			}
		}
	}
	return s
}

// htmxStreams has a fragment that streams into a page that streams. The script of the
// docs reads it as it comes. htmx reads it to its end, and then has its parser patch where the
// browser does that.
func htmxStreams(version string) browsertest.Scenario {
	f := newFeed("a")
	panel := new(htmxPanel)
	files := htmxFiles(f, version)
	files["state.js"] = func(_ *browsertest.Visit, w http.ResponseWriter, _ *http.Request) {
		script(w, exampleJS("stream-into.js")+`
			addEventListener("stream", () => streamInto("streamed", document.getElementById("out")).then(() => note("streamed")));
			for (const id of ["first", "again", "by"]) addEventListener("click " + id, () => document.querySelector("#out #" + id).click());
		`)
	}
	files["streamed"] = func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
		rd := stream.Renderer{Script: stream.NoScript(), Mode: func(*http.Request) stream.Mode { return stream.OutOfOrder }}
		one, two := browsertest.Gate("one"), browsertest.Gate("two")
		if r.FormValue("by") == "htmx" {
			one, two = browsertest.Gate("htmx one"), browsertest.Gate("htmx two")
		}
		if err := rd.Render(w, r, pages.HTMXStreamed(pages.Text(one), pages.Text(two))); err != nil && r.Context().Err() != context.Canceled {
			v.Note(err.Error())
		}
	}
	return browsertest.Scenario{
		Name:     version + " works in a fragment that streams into a page that streams",
		Differs:  "a script inserts fragments",
		Where:    func(e *browsertest.Engine) bool { return e.Scripting && e.Name != browsertest.WebKit().Name },
		Renderer: stream.Renderer{Timeout: 10 * time.Minute},
		Page:     pages.HTMX(templ.NopComponent, pages.StartHTMX, panel.load, f.region("rows"), f.load),
		Files:    files,
		Watch: map[string]string{
			"dots": "#panel > .dots", "1": "#panel > .v1", "open": "html[data-live=open]",
			"shell": "#out > #first", "waiting": "#out > section > .dots", "one": "#out > section > .chunkone", "inner": "#out > section > div > .dots", "two": "#out > section > div > .two",
			"stolen": "#out .v1",
			"htmx":   "#failed > hr",
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			nodetest.Node(t, htmxModules)
			v.Open("packages")
			v.Wait("dots", "open")
			v.Dispatch("stream")
			v.Wait("shell", "waiting")
			v.Dispatch("click first")
			v.WaitNote("answer first")
			v.Open("one")
			v.Wait("one", "inner")
			v.Dispatch("click again")
			v.WaitNote("answer chunk")
			v.Open("panel")
			v.Wait("1")
			v.Open("two")
			v.Wait("two")
			v.WaitNote("streamed")

			v.Dispatch("click by")
			v.Picture()
			v.Open("htmx one", "htmx two")
			v.Wait("htmx")
			if revealed := !strings.Contains(v.Picture().Parts["failed"], "<template"); revealed != v.Engine().Native {
				t.Errorf("what htmx has read to its end is revealed: %v", revealed)
			}
			v.Open("end", "slow")
			v.WaitComplete()
			v.Picture()
			if slices.Contains(v.Seen(), "stolen") {
				t.Error("content of the page was seen in the fragment")
			}
		},
	}
}
