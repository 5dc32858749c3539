package browsertest_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/templates"
)

// A loss is a way in which a response breaks off.
type loss int

const (
	reset  loss = iota // of the TCP connection, as when the machine goes
	closed             // as when the process is killed
	ended              // as behind a proxy that takes it for whole
)

func (l loss) String() string { return [...]string{"is reset", "is closed", "ends"}[l] }

// incomplete is about the notice on a page that was cut.
func incomplete() []browsertest.Scenario {
	all := []browsertest.Scenario{
		notice("a notice is hidden on a page that is only slow, and due 5 s after its time", "", pages.Incomplete()),
		notice("a notice obeys no style sheet that takes motion away", "", pages.Reset()),
		notice("a notice needs no more than a style with a nonce", "default-src 'none'; script-src 'nonce-{nonce}' 'self'; connect-src 'self'; img-src 'self'; style-src 'nonce-{nonce}'", pages.Incomplete()),
		notice("a notice needs no more than a style sheet of the origin", "default-src 'none'; script-src 'nonce-{nonce}' 'self'; connect-src 'self'; img-src 'self'; style-src 'self'", pages.Incomplete("templates.css")),
		notice("a notice needs no more than the hash of its style", "default-src 'none'; script-src 'nonce-{nonce}' 'self'; connect-src 'self'; img-src 'self'; style-src '"+hashOf(templates.CSS())+"'", pages.Incomplete()),
		wholeWithNotice(),
		neverArrives(),
	}
	for _, l := range []loss{reset, closed, ended} {
		for _, at := range []cutAt{
			{"after its first fallback", 1, `<section id="c"`, 0},
			{"before the script", 1, `</section><script`, 0},
			{"after its shell", 2, ``, 0},
			{"within a chunk", 2, `class="dots"`, 0},
			{"after a chunk", 3, ``, 0},
			{"within the last content", 4, `<b class="b"`, 4},
			{"before the notice is taken away", 4, `<template for="1">`, 0},
			{"while the notice is taken away", 4, `<template for="1">`, 10},
		} {
			all = append(all, cutNotice(at, l))
		}
	}
	return all
}

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

var noticeWatch = map[string]string{
	"fallback": "#a > .dots",
	"a":        "#a:not(:has(> .dots)) > b.a",
	"b":        "#b:not(:has(.dots)) > b.b",
	"c":        "#c:not(:has(.dots)) > b.c",
	"notice":   ".rv-incomplete",
	"gone":     "body:has(#c > .c):has(#b > .b):not(:has(.rv-incomplete))",
	"shown":    "html > nowhere", // the style sheet reports it
}

var noticeFiles = map[string]browsertest.File{
	"templates.css": func(_ *browsertest.Visit, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		_, _ = io.WriteString(w, templates.CSS())
	},
}

// notice is a scenario of a slow page.
func notice(name, policy string, page templ.Component) browsertest.Scenario {
	return browsertest.Scenario{
		Name:     name,
		Where:    browsertest.Scripted,
		Page:     page,
		Policy:   policy,
		Renderer: stream.Renderer{},
		Watch:    noticeWatch,
		Files:    noticeFiles,
		Run: func(t *testing.T, v *browsertest.Visit) {
			const hidden, visible = "hidden with a delay of %ds and 0 px of room", "visible with a delay of %ds and 0 px of room"
			v.Wait("notice", "fallback")
			v.Picture()
			v.Dispatch("look")
			v.WaitNote("1: " + fmt.Sprintf(hidden, 35))
			v.Dispatch("later")
			v.WaitNote("looked")
			v.WaitNote("-100: " + fmt.Sprintf(hidden, 35))
			v.WaitNote("100: " + fmt.Sprintf(visible, 35))
			// The boundary within a has a minute.
			v.Reveal("a")
			v.Picture()
			v.Dispatch("look")
			v.WaitNote("2: " + fmt.Sprintf(hidden, 65))
			v.Reveal("c", "b")
			v.Wait("gone")
			v.Finished(t)
			v.Dispatch("look")
			v.WaitNote("3: 0 notices")
		},
	}
}

// wholeWithNotice is a page of which all comes, later than the notice would be shown if
// it were still there.
func wholeWithNotice() browsertest.Scenario {
	return browsertest.Scenario{
		Name:  "a notice is gone from a whole page",
		Where: browsertest.Streamed,
		Page:  pages.Incomplete(),
		Watch: noticeWatch,
		Files: noticeFiles,
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("notice", "fallback")
			v.Reveal("a", "b", "c")
			v.Wait("gone")
		},
	}
}

// neverArrives is a page out of order in a browser that neither patches nor runs
// scripts: what is pending never shows there.
func neverArrives() browsertest.Scenario {
	return browsertest.Scenario{
		Name:  "a notice shows where no content ever arrives",
		Where: func(e *browsertest.Engine) bool { return !browsertest.Streamed(e) },
		Watch: noticeWatch,
		Files: noticeFiles,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Refresh", "0;url=/next")
			_ = stream.Render(w, r, pages.Soon())
		}),
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("notice", "fallback")
			v.Open("a", "b", "c")
			v.Wait("shown")
		},
	}
}

// A cutAt is where a response breaks off: within the write of that number, so
// many bytes after where text begins.
type cutAt struct {
	name  string
	write int
	text  string
	after int
}

// where says in which browsers a page stays when it is cut so. Firefox and WebKit
// show an error page of their own when a connection is reset. With scripting off a browser
// does not leave by itself a page that was cut, and has to be started again, so
// that is tried once.
func (at cutAt) where(l loss) func(*browsertest.Engine) bool {
	return func(e *browsertest.Engine) bool {
		switch {
		case l == reset && !strings.HasPrefix(e.Name, "Chromium"):
			return false
		case e.Scripting:
			return true
		}
		return e.Native && l == closed && at.name == "within a chunk"
	}
}

// cutNotice is a scenario in which a page is cut. The notice shows.
func cutNotice(at cutAt, l loss) browsertest.Scenario {
	return browsertest.Scenario{
		Name:   fmt.Sprintf("a page whose connection %v %s shows the notice", l, at.name),
		Hidden: l == ended,
		Where:  at.where(l),
		Page:   pages.Soon(),
		Watch:  noticeWatch,
		Files:  noticeFiles,
		Faults: []string{errLost.Error()},
		Wrap: func(v *browsertest.Visit, w http.ResponseWriter) http.ResponseWriter {
			return &loser{ResponseWriter: w, at: at, loss: l, lose: func() { v.Pass("lose") }}
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			if at.write > 1 {
				v.Wait("fallback")
			}
			for i, name := range []string{"a", "c", "b"} {
				if at.write > i+1 {
					v.Open(name)
				}
				if at.write > i+2 {
					v.Wait(name)
				}
			}
			// A response that is lost too early is an error page of the browser's.
			v.Wait("notice")
			v.Open("lose")
			v.WaitEnd()
			if !v.Engine().Scripting {
				v.Wait("shown")
			} else {
				// On a slow machine it has shown before, and content has put it off since.
				v.WaitNote("shown")
				const visible = "visible with a delay of 0.3s and 0 px of room"
				for n, end := 1, time.Now().Add(browsertest.Patience); ; n++ {
					v.Dispatch("look")
					v.Picture()
					if slices.Contains(v.Notes(), fmt.Sprintf("%d: %s", n, visible)) {
						break
					}
					if time.Now().After(end) {
						t.Fatalf("the notice is not %s: %q", visible, v.Notes())
					}
					time.Sleep(50 * time.Millisecond)
				}
			}
		},
	}
}

var errLost = errors.New("the connection is lost")

// A loser loses the connection at one place.
type loser struct {
	http.ResponseWriter
	at    cutAt
	loss  loss
	lose  func() // returns when the connection is to be lost
	write int
}

func (l *loser) Unwrap() http.ResponseWriter { return l.ResponseWriter }

func (l *loser) Write(p []byte) (int, error) {
	l.write++
	if l.write < l.at.write {
		return l.ResponseWriter.Write(p)
	}
	i := bytes.Index(p, []byte(l.at.text))
	if i < 0 {
		return 0, fmt.Errorf("no %q in %q", l.at.text, p)
	}
	n, err := l.ResponseWriter.Write(p[:i+l.at.after])
	if err == nil {
		err = http.NewResponseController(l.ResponseWriter).Flush()
	}
	l.lose()
	if err == nil && l.loss != ended {
		var conn net.Conn
		if conn, _, err = http.NewResponseController(l.ResponseWriter).Hijack(); err == nil {
			if l.loss == reset {
				err = conn.(*net.TCPConn).SetLinger(0)
			}
			err = errors.Join(err, conn.Close())
		}
	}
	return n, errors.Join(err, errLost)
}
