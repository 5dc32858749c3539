package browsertest_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/assets"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
	"github.com/rivulet-go/rivulet/internal/e2e/nodetest"
	"github.com/rivulet-go/rivulet/stream"
)

// htmxModules is the folder of the npm packages of htmx.
var htmxModules = filepath.Join("testdata", "htmx")

// htmxJS clicks on the element that an event names.
const htmxJS = `
	for (const id of ["shell", "error", "fragment", "slow", "chunk", "again", "row-a", "row-b", "row-c", "boost"])
		addEventListener("click " + id, () => document.getElementById(id).click());
	addEventListener("refresh", () => dispatchEvent(new CustomEvent("rivulet:refresh", {detail: "panel"})));
`

// withHTMX are about htmx 2 and 4 on a page that streams.
func withHTMX() []browsertest.Scenario {
	hashes := "script-src {origin}/visit/ " + assets.Unsuspense().Hash + " " + assets.Live().Hash + " " + assets.StartHTMX().Hash
	return []browsertest.Scenario{
		startHTMX("htmx2", "a policy with a nonce", noncePolicy, templ.NopComponent),
		startHTMX("htmx4", "a policy with a nonce", noncePolicy, templ.NopComponent),
		startHTMX("htmx2", "a policy with hashes, beside what users wrote", hashes, pages.HTMXNames()),
		startHTMX("htmx4", "a policy with hashes, beside what users wrote", hashes, pages.HTMXNames()),
		boosted("htmx2"),
		boosted("htmx4"),
		withoutHTMX(),
		trusting("htmx2", "rivulet default", "trust2.js", true),
		trusting("htmx4", "rivulet mine", "trust4.js", true),
		trusting("htmx2", "rivulet", "", false),
		trusting("htmx4", "rivulet", "", false),
		htmxStreams("htmx2"),
		htmxStreams("htmx4"),
		markedByHTMX("htmx2", false),
		markedByHTMX("htmx4", false),
		markedByHTMX("htmx4", true),
		keptByHTMX(),
	}
}

// A htmxPanel is a load that passes a gate and returns the number of its call.
type htmxPanel struct{ atomic.Int64 }

func (p *htmxPanel) load(ctx context.Context) (string, error) {
	if _, err := browsertest.Gate("panel")(ctx); err != nil {
		return "", err
	}
	return strconv.FormatInt(p.Add(1), 10), nil
}

func startHTMX(version, with, policy string, written templ.Component) browsertest.Scenario {
	f := newFeed("a")
	panel := new(htmxPanel)
	return browsertest.Scenario{
		Name: version + " starts with the shell and works in all that arrives, with " + with,
		// WebKitGTK without a window finds no element in view.
		Where:  func(e *browsertest.Engine) bool { return e.Scripting && e.Name != browsertest.WebKit().Name },
		Policy: policy,
		// The first visit may wait until npm has installed htmx.
		Renderer: stream.Renderer{Timeout: 10 * time.Minute},
		Page:     pages.HTMX(written, pages.StartHTMX, panel.load, f.region("rows"), f.load),
		Files:    htmxFiles(f, version),
		Faults:   []string{"Response Status Error Code 500"},
		Watch: map[string]string{
			"dots": "#panel > .dots", "1": "#panel > .v1", "2": "#panel > .v2", "3": "#panel > .v3", "a": "#row-a", "b": "#row-b", "c": "#row-c",
			"shell": "#out > .shell", "chunk1": "#out > .chunk1", "chunk2": "#out > .chunk2", "again": "#out > .againchunk1",
			"row-a": "#out > .row-a", "row-b": "#out > .row-b", "row-c": "#out > .row-c", "chunk3": "#out > .chunk3", "open": "html[data-live=open]",
			"slow": ".htmx-request", "swapped": "#loads > .load",
			"fragment": "#out:has(.rv-error) > .fragment", "error": "#failed > .error",
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			nodetest.Node(t, htmxModules)
			v.Open("packages")
			v.Wait("dots", "open", "a")
			start := time.Now()
			v.Dispatch("click shell")
			v.Wait("shell")
			t.Logf("the click in the shell is answered after %v", time.Since(start).Round(time.Millisecond))
			v.WaitNote("answer answeredshell")
			v.Dispatch("click error")
			v.WaitNote("error")
			if version == "htmx4" {
				v.Wait("error")
			}
			v.Dispatch("click fragment")
			v.Wait("fragment")

			v.Open("panel")
			v.Wait("1")
			v.WaitNote("answer loaded1")
			v.Dispatch("click chunk")
			v.Wait("chunk1")
			v.WaitNote("answer answeredchunk1") // htmx 2 processes what it inserts a little later
			v.Dispatch("click again")
			v.Wait("again")
			v.Dispatch("refresh")
			v.Wait("2")
			v.WaitNote("answer loaded2")
			v.Dispatch("click chunk")
			v.Wait("chunk2")

			v.Dispatch("click row-a")
			v.Wait("row-a")
			f.send(f.region("rows").Append("b", pages.HTMXRow(pages.Row{Key: "b", Text: "b"})))
			v.Wait("b")
			v.Dispatch("click row-b")
			v.Wait("row-b")
			v.WaitNote("answer answeredrow-b")

			// htmx looks at all of the body when the page has been parsed. What is being
			// requested then is not requested again.
			v.Dispatch("click slow")
			v.WaitNote("slow click")
			v.WaitNote("slow load")
			v.Wait("slow")
			v.Open("end")
			v.Finished(t)
			v.Dispatch("click again")
			v.WaitNote("answer againrow-b")

			v.Dispatch("refresh")
			v.Wait("3")
			v.WaitNote("answer loaded3")
			v.Dispatch("click chunk")
			v.Wait("chunk3")
			f.send(f.region("rows").Append("c", pages.HTMXRow(pages.Row{Key: "c", Text: "c"})))
			v.Wait("c")
			v.Dispatch("click row-c")
			v.Wait("row-c")
			v.Open("slow")
			v.Wait("swapped")

			v.Picture()
			if shown := slices.Contains(v.Seen(), "error"); shown != (version == "htmx4") {
				t.Errorf("the answer with a 500 is shown: %v", shown)
			}
			notes := v.Notes()
			for _, want := range []string{
				"answer shell", "answer answeredshell", "answer chunk1", "answer chunk2", "answer chunk3", "answer loaded1", "answer loaded2",
				"answer loaded3", "answer row-a", "answer row-b", "answer row-c", "slow load", "slow click", "fragment 200 <nil>",
			} {
				if !slices.Contains(notes, want) {
					t.Errorf("%q was not noted: %q", want, notes)
				}
			}
			slices.Sort(notes)
			for i, note := range notes[1:] {
				if note == notes[i] && note != "asked" {
					t.Errorf("%q was noted twice: %q", note, notes)
				}
			}
		},
	}
}

// boosted follows a boosted link while the page streams.
func boosted(version string) browsertest.Scenario {
	f := newFeed("a")
	panel := new(htmxPanel)
	files := htmxFiles(f, version)
	files["boosted"] = func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
		v.Note("boosted " + r.Header.Get("HX-Boosted"))
		_ = pages.HTMXBoosted().Render(r.Context(), w)
	}
	return browsertest.Scenario{
		Name:     version + " follows a boosted link while the page streams, and nothing of the page arrives in the next",
		Differs:  "htmx has put another page in its place",
		Where:    browsertest.Scripted,
		Renderer: stream.Renderer{Timeout: 10 * time.Minute},
		Page:     pages.HTMX(templ.NopComponent, pages.StartHTMX, panel.load, f.region("rows"), f.load),
		Files:    files,
		Watch:    map[string]string{"dots": "#panel > .dots", "open": "html[data-live=open]", "boosted": "body > .boosted", "1": ".v1"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			nodetest.Node(t, htmxModules)
			v.Open("packages")
			v.Wait("dots", "open")
			f.settle(t, v, 1)
			v.Dispatch("click boost")
			v.Wait("boosted")
			f.settle(t, v, 0) // the region is gone
			v.Open("panel", "end", "slow")
			v.WaitComplete()
			if p := v.Picture(); p.Parts["next"] != "Next" || slices.Contains(v.Seen(), "1") {
				t.Errorf("the next page is %q, and seen were %q", p.Parts, v.Seen())
			}
			if !slices.Contains(v.Notes(), "boosted true") {
				t.Errorf("notes = %q, want a boosted request", v.Notes())
			}
		},
	}
}

// withoutHTMX has the script, and an element with the name of htmx.
func withoutHTMX() browsertest.Scenario {
	f := newFeed("a")
	panel := new(htmxPanel)
	files := htmxFiles(f, "")
	files["htmx.js"] = func(_ *browsertest.Visit, w http.ResponseWriter, _ *http.Request) {
		script(w, `document.write('<form id="htmx"><input name="process"></form>')`)
	}
	return browsertest.Scenario{
		Name:  "without htmx nothing happens",
		Where: browsertest.Scripted,
		Page:  pages.HTMX(pages.HTMXNames(), pages.StartHTMX, panel.load, f.region("rows"), f.load),
		Files: files,
		Watch: map[string]string{"1": "#panel > .v1", "2": "#panel > .v2", "open": "html[data-live=open]", "named": "#htmx"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("open", "named")
			v.Open("panel")
			v.Wait("1")
			v.Dispatch("refresh")
			v.Wait("2")
			v.Dispatch("click chunk")
			v.Open("end")
			v.Finished(t)
			if notes := v.Notes(); slices.ContainsFunc(notes, func(n string) bool { return n != "asked" }) {
				t.Errorf("the page has requested %q", notes)
			}
		},
	}
}

// htmxFiles are what the page HTMX requests. It notes what is asked for.
func htmxFiles(f *feed, version string) map[string]browsertest.File {
	files := f.files(htmxJS)
	files["htmx.js"] = func(v *browsertest.Visit, w http.ResponseWriter, _ *http.Request) {
		v.Pass("packages")
		text, err := os.ReadFile(filepath.Join(htmxModules, "node_modules", version, "dist", "htmx.min.js"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		script(w, string(text))
	}
	files["answer"] = func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
		v.Note("answer " + r.FormValue("of"))
		_ = pages.HTMXAnswer(r.FormValue("of")).Render(r.Context(), w)
	}
	files["slow"] = func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
		v.Note("slow " + r.FormValue("of"))
		v.Pass("slow")
		_ = pages.Bold(r.FormValue("of")).Render(r.Context(), w)
	}
	files["error"] = func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
		v.Note("error")
		w.WriteHeader(http.StatusInternalServerError)
		_ = pages.Bold("error").Render(r.Context(), w)
	}
	files["fragment"] = func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
		fails := func(context.Context) (string, error) { return "", errors.New("out of order") }
		rd := stream.Renderer{Trace: &stream.Trace{Failed: func(context.Context, *stream.BoundaryError) {}}}
		rec := &statusWriter{ResponseWriter: w}
		err := rd.Render(rec, r, pages.HTMXFragment(fails))
		var failure *stream.BoundaryError
		if errors.As(err, &failure) {
			err = nil
		}
		v.Note(fmt.Sprintf("fragment %d %v", cmp.Or(rec.status, http.StatusOK), err))
	}
	return files
}

// A statusWriter remembers the status.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}
