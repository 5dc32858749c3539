package browsertest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
	"github.com/rivulet-go/rivulet/stream"
)

// everyByte tells to cut the page at every byte, not only around half of its tags: make
// cuts.
var everyByte = os.Getenv("EVERY_BYTE") != ""

const (
	framesOpen = 30  // at once
	framesBare = 400 // in a page without scripts
	framesNote = 5   // frames in one note, few so that a slow machine shows that it goes on
)

// everyCut are about a page with keys whose connection is lost at each of its bytes. In
// frames, so that many share one time: the time in which the content has come or the
// notice shows, and nothing is a skeleton for ever.
func everyCut() []browsertest.Scenario {
	all := []browsertest.Scenario{cutScripted(closed), cutScripted(ended)}
	for part := range 40 {
		if part == 0 || everyByte {
			all = append(all, cutScriptless(part))
		}
	}
	return all
}

// A cutPage is the page in all its bytes.
type cutPage struct {
	bytes  []byte
	notice int // where the notice is whole
	over   int // where it is taken away
}

// recordCut returns the page, as if its Renderer had a short Timeout.
var recordCut = sync.OnceValue(func() (p cutPage) {
	after := func(n time.Duration) pages.Text {
		return func(context.Context) (string, error) {
			time.Sleep(n * 50 * time.Millisecond)
			return "1", nil
		}
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Sec-Fetch-Dest", "document")
	w := httptest.NewRecorder()
	if err := stream.Render(w, r, pages.EveryCut(after(2), after(1), after(3), after(1))); err != nil {
		panic(err)
	}
	p.bytes = regexp.MustCompile(`<\?late \d+>`).ReplaceAll(w.Body.Bytes(), []byte("<?late 300>"))
	end := []byte("Load the page again</a></span></span>")
	p.notice = bytes.Index(p.bytes, end) + len(end)
	p.over = bytes.LastIndex(p.bytes, []byte(`<?chunk><template for="1">`))
	if n := bytes.Count(p.bytes, []byte("<template for=")); p.notice < len(end) || p.over < 0 || n != 6 {
		panic(fmt.Sprintf("%d chunks, and a notice that ends at %d: %s", n, p.notice, p.bytes))
	}
	return p
})

// places returns where to cut: at every byte, or behind the first and the last byte of
// each tag and marker outside scripts and styles, and in some other places.
func (p cutPage) places() (all []int) {
	if everyByte {
		for n := range len(p.bytes) + 1 {
			all = append(all, n)
		}
		return all
	}
	inside, tags := "", 0 // of a script or style; ends of tags
	for n := range p.bytes {
		rest := string(p.bytes[n:min(n+9, len(p.bytes))])
		switch {
		case inside == "" && (strings.HasPrefix(rest, "<script") || strings.HasPrefix(rest, "<style")):
			inside = "</" + rest[1:4]
		case inside != "" && strings.HasPrefix(rest, inside):
			inside = ""
		}
		tag := inside == "" && n > 0 && strings.IndexByte(`<>`, p.bytes[n-1]) >= 0
		if tag && n > p.notice-100 {
			tags++
		}
		if tag && tags%2 == 1 || n%263 == 0 {
			all = append(all, n)
		}
	}
	return append(all, len(p.bytes))
}

// fewer tells which quarter of the places is cut at in Chromium without patching.
var fewer = rand.IntN(4)

// placesIn returns where to cut in an engine. What the script makes of what has arrived is
// seen in Firefox, and what Chromium lets arrive is seen in Chromium, both at all places.
// The script in Chromium has a quarter of them, another one each time.
func (p cutPage) placesIn(e *browsertest.Engine) (all []int) {
	if everyByte || e.Name != browsertest.ChromiumRuntime().Name {
		return p.places()
	}
	for i, n := range p.places() {
		if i%4 == fewer {
			all = append(all, n)
		}
	}
	return all
}

// serve answers with the page up to the byte n of the query, or with a boundary.
func (p cutPage) serve(l loss) browsertest.File {
	ready := func(context.Context) (string, error) { return "1", nil }
	whole := stream.Handler(stream.Component(pages.EveryCut(ready, ready, ready, ready)))
	return func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Rivulet") != "" {
			whole.ServeHTTP(w, r)
			return
		}
		n, _ := strconv.Atoi(r.PathValue("n"))
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(p.bytes[:n])
		_ = http.NewResponseController(w).Flush()
		if l == closed && n < len(p.bytes) {
			v.Pass(fmt.Sprint("lose ", n)) // a browser that is told too early shows nothing
			panic(http.ErrAbortHandler)
		}
	}
}

// A frameState is how a frame looks in the end.
type frameState struct {
	N     int
	Dots  int    // skeletons
	Shown bool   // the notice shows
	Text  string // of the page
	URL   string
}

// judge says what is wrong with a frame.
func (p cutPage) judge(s frameState) string {
	if s.N > p.over { // a part of an end tag is text
		s.Text = strings.NewReplacer(" &lt;/", "", " &lt;", "").Replace(s.Text)
	}
	whole := s.Text == wholeCut
	switch {
	case s.N < p.notice && s.Dots > 0:
		return "a skeleton before the notice"
	case s.N < p.notice, s.Shown, s.Text == "" && s.Dots == 0: // the last is a page of the browser's
	case s.Dots > 0:
		return "a skeleton and no notice"
	case !whole:
		return fmt.Sprintf("no notice, and the text is %q at %s", s.Text, s.URL)
	}
	if s.N == len(p.bytes) && s.Shown {
		return "a notice on a whole page"
	}
	return ""
}

const wholeCut = "Before First 1 then ÄÖÜ last First 1 last 1 First 1 then ÄÖÜ last behind The rest"

// framesJS opens the frames, some at once, and looks at each when its time has passed.
const framesJS = `
	const look = d => ({
		Dots: d.querySelectorAll(".dots").length,
		Shown: [...d.querySelectorAll(".rv-overdue")].some(e => e.getClientRects().length && d.defaultView.getComputedStyle(e).visibility == "visible"),
		URL: d.URL,
		Text: d.body ? [...d.body.children].filter(e => !/SCRIPT|STYLE|SPAN|TEMPLATE/.test(e.nodeName)).map(e => e.innerHTML.replace(/<!--.*?-->|<[?].*?>|<(script|style)[^]*?<.\1>|<template[^]*?<.template>/g, "").replace(/<[^>]*>/g, " ")).join(" ").replace(/&gt;/g, ">").replace(/\s+/g, " ").trim() : "",
	});
	const wait = ms => new Promise(done => setTimeout(done, ms));
	addEventListener("frames", async () => {
		let states = [], next = 0;
		const open = async () => {
			while (next < all.length) {
				const n = all[next++], frame = document.createElement("iframe");
				frame.src = "cut/" + n + "/";
				document.body.append(frame);
				const has = () => frame.contentDocument?.URL.endsWith("/" + n + "/") && frame.contentDocument.body;
				for (let i = 0; i < 100 && !has(); i++) await wait(20);
				if (lose) {
					await wait(50);
					fetch(lose + "?n=" + n, { mode: "no-cors" });
				}
				await wait(patience);
				let state = { Text: "no document" };
				for (let i = 0; i < 8; i++) {
					try { state = look(frame.contentDocument) } catch { }
					if (state.Shown || !state.Dots && state.Text == whole || !state.Text && !state.Dots) break;
					await wait(1e3);
				}
				states.push({ N: n, ...state });
				frame.remove();
				if (states.length == perNote || states.length && next >= all.length && states.length + seen == all.length) {
					seen += states.length;
					note(JSON.stringify(states));
					states = [];
				}
			}
		};
		let seen = 0;
		for (let i = 0; i < atOnce; i++) {
			open();
			await wait(5);
		}
	});
	note("ready");
`

func cutScripted(l loss) browsertest.Scenario {
	return browsertest.Scenario{
		Name:  fmt.Sprintf("a page whose connection %v at any byte has its content or the notice in the end", l),
		Where: func(e *browsertest.Engine) bool { return e.Scripting && e.Name != browsertest.WebKit().Name },
		Page:  pages.CutFrames(nil),
		Files: map[string]browsertest.File{
			"cut/{n}/{$}": func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) { recordCut().serve(l)(v, w, r) },
			"lose":        func(v *browsertest.Visit, _ http.ResponseWriter, r *http.Request) { v.Open("lose " + r.FormValue("n")) },
			"frames.js": func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
				list, _ := json.Marshal(recordCut().placesIn(v.Engine()))
				lose := "" // over connections of their own: the frames may hold all the others
				if l == closed {
					lose = browsertest.Elsewhere(r.Context(), "lose")
				}
				// The order comes 1.3 s after the script, the answers soon after.
				script(w, fmt.Sprintf("const all = %s, lose = %q, whole = %q, atOnce = %d, perNote = %d, patience = %d;\n%s",
					list, lose, wholeCut, framesOpen, framesNote, 3000, framesJS))
			},
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			p := recordCut()
			v.WaitNote("ready")
			start, want := time.Now(), len(p.placesIn(v.Engine()))
			v.Dispatch("frames")
			v.WaitNotes(1 + (want+framesNote-1)/framesNote)
			var seen, shown, whole, empty int
			for _, note := range v.Notes()[1:] {
				var states []frameState
				if err := json.Unmarshal([]byte(note), &states); err != nil {
					t.Fatal(err)
				}
				for _, s := range states {
					seen++
					switch {
					case s.Shown:
						shown++
					case s.Text == wholeCut:
						whole++
					case s.Text == "" && s.N > p.notice:
						empty++
					}
					if fault := p.judge(s); fault != "" {
						t.Errorf("cut at byte %d, behind %q: %s", s.N, p.bytes[max(0, s.N-40):s.N], fault)
					}
				}
			}
			if seen != want || empty > seen/4 {
				t.Errorf("%d frames of %d were seen, %d of them empty, as if nothing had arrived", seen, want, empty)
			}
			t.Logf("%d of %d bytes in %v: %d pages show the notice, %d have all their content, %d are empty",
				seen, len(p.bytes)+1, time.Since(start).Round(time.Second), shown, whole, empty)
		},
	}
}

// cutScriptless has no script that looks at the frames. A notice that shows asks for an
// image. The frames of a part are in one page.
func cutScriptless(part int) browsertest.Scenario {
	places := func() []int {
		all := slices.DeleteFunc(recordCut().places(), func(n int) bool { return n < recordCut().notice || n >= recordCut().over })
		return all[min(len(all), part*framesBare):min(len(all), (part+1)*framesBare)]
	}
	return browsertest.Scenario{
		Name:  fmt.Sprintf("without script a page that ends at any byte shows the notice, part %d", part+1),
		Where: func(e *browsertest.Engine) bool { return e.Native && !e.Scripting },
		Page: templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			var srcs []string
			for _, n := range places() {
				srcs = append(srcs, fmt.Sprintf("cut/%d/", n))
			}
			return pages.CutFrames(srcs).Render(ctx, w)
		}),
		Files: map[string]browsertest.File{
			"frames.js":   func(_ *browsertest.Visit, w http.ResponseWriter, _ *http.Request) { script(w, "") },
			"cut/{n}/{$}": func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) { recordCut().serve(ended)(v, w, r) },
			"cut/{n}/seen": func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
				v.Note("shown " + r.PathValue("n"))
				w.WriteHeader(http.StatusNoContent)
			},
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			start, all := time.Now(), places()
			for _, n := range all {
				v.WaitNote(fmt.Sprint("shown ", n))
			}
			t.Logf("%d pages show the notice in %v", len(all), time.Since(start).Round(time.Second))
		},
	}
}
