package browsertest_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
	"github.com/rivulet-go/rivulet/internal/e2e/nodetest"
	"github.com/rivulet-go/rivulet/stream"
)

// partsJS clicks on the element that an event names, and notes what htmx reports.
const partsJS = `
	for (const id of ["get", "delayed", "boosted", "cut", "notice", "leave", "within"])
		addEventListener("click " + id, () => document.getElementById(id).click());
	addEventListener("htmx:multipart:error", e => fetch("note?text=error " + e.detail.error.name));
	addEventListener("htmx:finally:request", () => fetch("note?text=finished"));
	addEventListener("whole", () => document.documentElement.dataset.whole = 1); // as on a page that was cut and is whole now
	addEventListener("animationend", e => e.target.matches(".rv-overdue") && fetch("note?text=notice shown"));
	addEventListener("where", () => fetch("note?text=at " + (scrollY < 1000 ? "the top" : scrollY)));
`

// inParts are about fragments that hx-multipart inserts part by part.
func inParts() []browsertest.Scenario {
	scenario := func(name string, watch map[string]string, run func(t *testing.T, v *browsertest.Visit), faults ...string) browsertest.Scenario {
		return browsertest.Scenario{
			Name:   "hx-multipart " + name,
			Where:  func(e *browsertest.Engine) bool { return e.Scripting && e.Name != browsertest.WebKit().Name },
			Policy: noncePolicy,
			// The first visit may wait until npm has installed htmx.
			Renderer: stream.Renderer{Timeout: 10 * time.Minute},
			Page:     pages.Parts(),
			Files:    partsFiles(),
			Differs:  "htmx inserts fragments",
			Faults:   faults,
			Watch:    watch,
			Run: func(t *testing.T, v *browsertest.Visit) {
				nodetest.Node(t, htmxModules)
				v.Open("packages")
				v.WaitComplete()
				run(t, v)
			},
		}
	}
	return []browsertest.Scenario{
		scenario("shows each part when it is ready", map[string]string{
			"dots": "#outer > .dots", "rowdots": "#out tbody > .dots", "optiondots": "#choice > .dots",
			"row": "#out tbody > tr.row + tr.row-too > td", "option": "#choice > option.option", "outer": "#outer > .outer", "innerdots": "#outer > .outer + .dots",
			"inner": "#outer > .inner", "bare": "#bare > .bare", "broken": "#broken .rv-error, .rv-error",
			"tr-0": "#rows > tr.tr-0", "tr-1": "#rows > tr.tr-0-too + tr.tr-1",
		}, func(t *testing.T, v *browsertest.Visit) {
			v.Dispatch("click get")
			v.Wait("dots", "rowdots", "optiondots")
			for _, name := range []string{"row", "inner", "option", "outer", "bare", "broken", "tr-0", "tr-1"} {
				start := time.Now()
				v.Open(name)
				if name == "inner" {
					continue // comes with what is around it
				}
				v.Wait(name)
				t.Logf("%s is shown %v after its load has ended", name, time.Since(start).Round(time.Millisecond))
			}
			v.Wait("inner")
			v.Open("word-0", "word-1", "word-2", "tr-end")
			v.WaitNote("finished")
			p := v.Picture()
			if want := "one &lt;b&gt; two"; p.Parts["text"] != want {
				t.Errorf("the text is %q, want %q", p.Parts["text"], want)
			}
		}),
		scenario("inserts a part into one that takes its time", map[string]string{
			"delayed": "#out > .delayed",
		}, func(t *testing.T, v *browsertest.Visit) {
			v.Dispatch("click delayed")
			v.WaitNote("sent") // htmx inserts the first part a second later
			v.Open("delayed")
			v.WaitNote("type multipart/mixed")
			v.WaitNote("finished")
			v.Wait("delayed")
		}),
		scenario("goes on when the element that has requested a fragment is replaced by it", map[string]string{
			"dots": "#out > .dots", "within": "#out > .within",
		}, func(t *testing.T, v *browsertest.Visit) {
			v.Dispatch("click within")
			v.Wait("dots")
			v.Open("within")
			v.WaitNote("type multipart/mixed")
			v.Wait("within")
			v.WaitNote("finished")
		}),
		scenario("does not scroll to the parts that a boosted link has requested", map[string]string{
			"dots": "#out > .dots", "scrolled": "#out > .scrolled",
		}, func(t *testing.T, v *browsertest.Visit) {
			v.Dispatch("click boosted")
			v.Wait("dots")
			v.Open("scrolled")
			v.Wait("scrolled")
			v.WaitNote("finished")
			v.Dispatch("where")
			v.WaitNote("at the top") // of the fragment, as without parts
		}),
		scenario("says that a fragment was cut", map[string]string{
			"dots": "#out > .dots", "cut": "#out > .cut",
		}, func(t *testing.T, v *browsertest.Visit) {
			v.Dispatch("click cut")
			v.Wait("dots")
			v.Open("cut")
			v.Wait("cut")
			v.Open("shown")
			v.WaitNote("error TypeError")
		}, "500", "htmx"),
		scenario("shows the notice of a fragment that was cut", map[string]string{
			"dots": "#out > .dots", "notice": "#out > .rv-incomplete", "cut": "#out > .cut",
		}, func(t *testing.T, v *browsertest.Visit) {
			v.Dispatch("whole")
			v.Dispatch("click notice")
			v.Wait("dots", "notice")
			v.Open("cut")
			v.Wait("cut")
			v.Open("shown")
			v.WaitNote("error TypeError")
			v.WaitNote("notice shown")
		}, "500", "htmx"),
		scenario("takes the notice of a fragment away with the last part", map[string]string{
			"notice": "#out > .rv-incomplete", "first": "#out:has(> .rv-incomplete) > .cut", "last": "#out:not(:has(.rv-incomplete)) > .never",
		}, func(t *testing.T, v *browsertest.Visit) {
			v.Dispatch("click notice")
			v.Wait("notice")
			v.Open("cut")
			v.Wait("first")
			v.Open("never")
			v.Wait("last")
			v.WaitNote("finished")
		}),
		scenario("follows a redirect behind the first part", map[string]string{
			"dots": "#out > .dots",
		}, func(t *testing.T, v *browsertest.Visit) {
			v.Dispatch("click leave")
			v.Wait("dots")
			v.Open("leave")
			v.WaitNote("arrived 'a'")
		}, "NetworkError when attempting", "Error in input stream"),
	}
}

// partsFiles are what the page Parts requests.
func partsFiles() map[string]browsertest.File {
	file := func(name string) browsertest.File {
		return func(v *browsertest.Visit, w http.ResponseWriter, _ *http.Request) {
			v.Pass("packages")
			text, err := os.ReadFile(filepath.Join(htmxModules, "node_modules", "htmx4", "dist", filepath.FromSlash(name)))
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			script(w, string(text))
		}
	}
	fragment := func(c templ.Component) browsertest.File {
		return func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
			rd := stream.Renderer{Trace: &stream.Trace{
				Failed:  func(context.Context, *stream.BoundaryError) {},
				Flushed: func(context.Context, int) { v.Note("sent") },
			}}
			if err := rd.Render(w, r, c); err != nil {
				v.Note("render " + err.Error())
				panic(http.ErrAbortHandler)
			}
			v.Note("type " + strings.Split(w.Header().Get("Content-Type"), ";")[0])
		}
	}
	cutFragment := func(c templ.Component) browsertest.File {
		return func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
			ctx, cut := context.WithCancel(r.Context())
			defer cut()
			go func() { // ends with the visit
				v.Pass("cut")
				v.Pass("shown")
				cut()
			}()
			fragment(c)(v, w, r.WithContext(ctx))
		}
	}
	return map[string]browsertest.File{
		"htmx.js":  file("htmx.min.js"),
		"parts.js": file("ext/hx-multipart.min.js"),
		"state.js": func(_ *browsertest.Visit, w http.ResponseWriter, _ *http.Request) { script(w, partsJS) },
		"note": func(v *browsertest.Visit, _ http.ResponseWriter, r *http.Request) {
			v.Note(r.FormValue("text"))
		},
		"parts":    fragment(pages.PartsOfAll()),
		"delayed":  fragment(pages.PartsOfOne("delayed")),
		"within":   fragment(pages.PartsOfOne("within")),
		"scrolled": fragment(pages.PartsOfOne("scrolled")),
		"cut":      cutFragment(templ.Join(pages.PartsOfOne("cut"), pages.PartsOfOne("never"))),
		"notice":   cutFragment(pages.PartsWithNotice(templ.Join(pages.PartsOfOne("cut"), pages.PartsOfOne("never")))),
		"leave":    fragment(pages.PartsOf(browsertest.Broken("leave", stream.Redirect("arrived?from='a'", http.StatusSeeOther)))),
		"arrived": func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
			v.Note("arrived " + r.FormValue("from"))
			// The page stays. A navigation that has begun aborts the requests of a page in
			// Firefox, so the visit could not be told to leave it.
			if v.Engine().Name == browsertest.Firefox().Name {
				arrive(v, w, r)
				return
			}
			w.WriteHeader(http.StatusNoContent)
		},
	}
}
