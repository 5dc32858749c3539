package browsertest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
	"github.com/rivulet-go/rivulet/stream"
)

var everyByte = flag.Bool("everybyte", false, "cut a page at every byte, not only around its tags")

const (
	cutTimeout = 300 * time.Millisecond // of the Renderer
	framesOpen = 60                     // at once
	framesNote = 20                     // frames in one note
)

// everyCut are about a page with keys whose connection is lost at each of its bytes. In
// frames, so that many share one time: the time in which the content has come or the
// notice shows, and nothing is a skeleton for ever.
func everyCut() []browsertest.Scenario {
	where := func(e *browsertest.Engine) bool { return e.Scripting && e.Name != browsertest.WebKit().Name }
	return []browsertest.Scenario{cutScripted(closed, where), cutScripted(ended, where)}
}

// A cutPage is the page in all its bytes.
type cutPage struct {
	bytes  []byte
	notice int // where the notice is whole
	over   int // where it is taken away
}

// recordCut sends the page in a time of its own.
func recordCut(t *testing.T) (p cutPage) {
	synctest.Test(t, func(t *testing.T) {
		after := func(d time.Duration) pages.Text {
			return func(context.Context) (string, error) {
				time.Sleep(d)
				return "1", nil
			}
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Sec-Fetch-Dest", "document")
		w := httptest.NewRecorder()
		const ms = time.Millisecond
		rd := stream.Renderer{Timeout: cutTimeout}
		if err := rd.Render(w, r, pages.EveryCut(after(20*ms), after(10*ms), after(30*ms), after(50*ms))); err != nil {
			t.Fatal(err)
		}
		p.bytes = w.Body.Bytes()
	})
	end := []byte("Load the page again</a></span></span>")
	p.notice = bytes.Index(p.bytes, end) + len(end)
	p.over = bytes.LastIndex(p.bytes, []byte("<template for="))
	if n := bytes.Count(p.bytes, []byte("<template for=")); p.notice < len(end) || n != 6 {
		t.Fatalf("%d chunks, and a notice that ends at %d: %s", n, p.notice, p.bytes)
	}
	return p
}

// places returns where to cut: at every byte, or around all that a parser takes apart
// in the page besides scripts and styles, and in some other places. The ways in which
// the connection is lost share the latter.
func (p cutPage) places(l loss) (all []int) {
	if *everyByte {
		for n := range len(p.bytes) + 1 {
			all = append(all, n)
		}
		return all
	}
	inside := "" // of a script or style
	for n := range p.bytes {
		rest := string(p.bytes[n:min(n+9, len(p.bytes))])
		switch {
		case inside == "" && (strings.HasPrefix(rest, "<script") || strings.HasPrefix(rest, "<style")):
			inside = "</" + rest[1:4]
		case inside != "" && strings.HasPrefix(rest, inside):
			inside = ""
		}
		tag := inside == "" && n > 0 && strings.ContainsAny(string(p.bytes[n-1:min(n+1, len(p.bytes))]), `<>`)
		if tag && n > p.notice-100 || n%131 == 0 {
			if n%2 == int(l)%2 {
				all = append(all, n)
			}
		}
	}
	return append(all, len(p.bytes))
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
		n, _ := strconv.Atoi(r.FormValue("n"))
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
				frame.src = "cut?n=" + n;
				document.body.append(frame);
				const has = () => frame.contentDocument?.URL.endsWith("=" + n) && frame.contentDocument.body;
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

func cutScripted(l loss, where func(*browsertest.Engine) bool) browsertest.Scenario {
	var p cutPage
	var mu sync.Mutex
	var places []int
	return browsertest.Scenario{
		Name:  fmt.Sprintf("a page whose connection %v at any byte has its content or the notice in the end", l),
		Where: where,
		Page:  pages.CutFrames(nil),
		Files: map[string]browsertest.File{
			"cut": func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				p := p
				mu.Unlock()
				p.serve(l)(v, w, r)
			},
			"frames.js": func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
				v.Pass("recorded")
				mu.Lock()
				defer mu.Unlock()
				list, _ := json.Marshal(places)
				// The order comes within 1 s of the Timeout, the answers soon after.
				lose := "" // over connections of their own: the frames may hold all the others
				if l == closed {
					lose = browsertest.Elsewhere(r.Context(), "lose")
				}
				script(w, fmt.Sprintf("const all = %s, lose = %q, whole = %q, atOnce = %d, perNote = %d, patience = %d;\n%s",
					list, lose, wholeCut, framesOpen, framesNote, 3000, framesJS))
			},
			"lose": func(v *browsertest.Visit, _ http.ResponseWriter, r *http.Request) { v.Open("lose " + r.FormValue("n")) },
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			mu.Lock()
			p = recordCut(t)
			places = p.places(l)
			mu.Unlock()
			v.Open("recorded")
			v.WaitNote("ready")
			start := time.Now()
			v.Dispatch("frames")
			v.WaitNotes(1 + (len(places)+framesNote-1)/framesNote)
			var seen, shown, whole, empty int
			for _, note := range v.Notes()[1:] {
				var states []frameState
				if err := json.Unmarshal([]byte(note), &states); err != nil {
					t.Fatal(err)
				}
				for _, s := range states {
					seen++
					if s.Shown {
						shown++
					} else if s.Text == wholeCut {
						whole++
					} else if s.Text == "" && s.N > p.notice {
						empty++
					}
					if fault := p.judge(s); fault != "" {
						t.Errorf("cut at byte %d, behind %q: %s", s.N, p.bytes[max(0, s.N-40):s.N], fault)
					}
				}
			}
			if empty > seen/4 {
				t.Errorf("%d frames of %d are empty, as if nothing had arrived", empty, seen)
			}
			if seen != len(places) {
				t.Errorf("%d frames were seen, want %d", seen, len(places))
			}
			t.Logf("%d of %d bytes in %v: %d pages show the notice, %d have all their content, %d are empty", seen, len(p.bytes)+1, time.Since(start).Round(time.Second), shown, whole, empty)
		},
	}
}
