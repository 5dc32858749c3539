package streamtest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/streamtest"
	"github.com/rivulet-go/rivulet/suspense"
)

// A watched page tells what became of its load and of its response.
type watched struct {
	http.Handler
	load, response error
	loadEnded      time.Duration
}

// watch returns a page with a load that takes d, and one that takes a second more.
func watch(d time.Duration) *watched {
	w := new(watched)
	start := time.Now()
	load := func(ctx context.Context) (string, error) {
		select {
		case <-time.After(d):
		case <-ctx.Done():
			w.load = context.Cause(ctx)
		}
		w.loadEnded = time.Since(start).Round(time.Microsecond)
		return "ready", w.load
	}
	c := page(templ.Raw("<p>"), suspense.Await(templ.Raw("dots"), load, raw), part("b", d+time.Second), templ.Raw("</p>"))
	rd := stream.Renderer{Logger: slog.New(slog.DiscardHandler), WriteTimeout: 5 * time.Second}
	w.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if w.response = rd.Render(rw, r, c); w.response != nil {
			panic(http.ErrAbortHandler)
		}
	})
	return w
}

const waiting = "<p>dots<i>dots</i></p>"

func TestAClientLeaves(t *testing.T) {
	for _, c := range []struct {
		name  string
		leave streamtest.Moment
		at    time.Duration
		html  string
	}{
		{"after the shell", streamtest.AfterShell(), 0, head(waiting)},
		{"after a time", streamtest.After(time.Second), time.Second, head(waiting)},
		{"after some text", streamtest.AfterText("<body><p"), 0, head("")},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := watch(10 * time.Second)
				p := streamtest.Client{Leave: c.leave}.Get(t, h, "/")
				if p.HTML != c.html || p.End != c.at {
					t.Errorf("HTML = %s at %v, want %s at %v", p.HTML, p.End, c.html, c.at)
				}
				if !errors.Is(h.load, context.Canceled) || h.loadEnded != c.at || !errors.Is(h.response, context.Canceled) {
					t.Errorf("load: %v at %v, response: %v, want both canceled", h.load, h.loadEnded, h.response)
				}
			})
		})
	}
}

func TestAClientStalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := watch(time.Second)
		p := streamtest.Client{Stall: streamtest.AfterShell(), StallFor: 4 * time.Second}.Get(t, h, "/")
		if want := whole("<p>ready<b>b</b></p>"); p.HTML != want || p.End != 4*time.Second || p.Chunks[0].At != 4*time.Second || h.loadEnded != time.Second {
			t.Errorf("page = %s\nat %v, load ended at %v", p, p.End, h.loadEnded)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		h := watch(3 * time.Second)
		p := streamtest.Client{Stall: streamtest.After(2 * time.Second), StallFor: 2 * time.Second, Leave: streamtest.After(5 * time.Second)}.Get(t, h, "/")
		if p.End != 4*time.Second || h.response != nil || p.Chunks[0].At != 4*time.Second {
			t.Errorf("page = %s\nat %v", p, p.End)
		}
	})
	// A client that stalls longer than a write may take.
	synctest.Test(t, func(t *testing.T) {
		h := watch(time.Second)
		p, err := streamtest.Client{Stall: streamtest.AfterShell(), StallFor: time.Minute}.Try(h, httptest.NewRequest("GET", "/", nil))
		if !errors.Is(err, streamtest.ErrAborted) || p.HTML != head(waiting) || h.response == nil {
			t.Errorf("page = %s\nerror %v, response %v", p, err, h.response)
		}
	})
	// A client that leaves meanwhile.
	synctest.Test(t, func(t *testing.T) {
		h := watch(time.Second)
		c := streamtest.Client{Stall: streamtest.AfterShell(), StallFor: time.Minute, Leave: streamtest.After(3 * time.Second)}
		if p := c.Get(t, h, "/"); p.End != 3*time.Second || h.response == nil {
			t.Errorf("page = %s\nat %v, response %v", p, p.End, h.response)
		}
	})
}

func TestAClientIsCut(t *testing.T) {
	// The write of the chunk waits for its deadline, 5 s.
	for _, cut := range []streamtest.Moment{streamtest.AfterShell(), streamtest.After(time.Second / 2)} {
		synctest.Test(t, func(t *testing.T) {
			h, start := watch(time.Second), time.Now()
			p := streamtest.Client{Cut: cut}.Get(t, h, "/")
			if took := time.Since(start).Round(time.Millisecond); p.HTML != head(waiting) || h.load != nil || h.response == nil || took != 6*time.Second {
				t.Errorf("page = %s\nload %v, response %v after %v", p, h.load, h.response, took)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		h := watch(time.Second)
		p := streamtest.Client{Cut: streamtest.AfterText(`"1">rea`)}.Get(t, h, "/")
		if p.HTML != head(waiting) || !strings.HasSuffix(p.Body, `<template for="1">rea`) || p.End != time.Second {
			t.Errorf("page = %s at %v", p, p.End)
		}
	})
}

func TestWhatIsAtFault(t *testing.T) {
	raw := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, body)
		}
	}
	const shell = `<body><p><?start name="1">dots<?end></p>`
	for _, c := range []struct {
		name string
		h    http.Handler
		is   error
		text string
		html string
	}{
		{"a cut page", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			raw("<body>half")(w, r)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}), streamtest.ErrAborted, "response aborted after 10 bytes", "<body>half"},
		{"no answer", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }),
			streamtest.ErrAborted, "response aborted before its header", ""},
		{"a panic", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oh") }),
			streamtest.ErrAborted, "the handler has panicked: oh\ngoroutine", ""},
		{"a handler that does not return", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "0")
			_ = http.NewResponseController(w).Flush()
			time.Sleep(time.Hour)
		}), nil, "the handler has not returned 1m0s after the end of the response", ""},
		{"a boundary without a chunk", raw(shell), streamtest.ErrPending,
			`boundary pending: no chunk has come for boundary "1", which shows "dots"`, `<body><p>dots</p>`},
		{"a chunk without a boundary", raw(shell + `<template for="1">a</template><!/><template for="2">b</template><!/>`), streamtest.ErrNoMarker,
			`chunk not revealed: chunk "2" has no place: the page has no <?start name="2">`, `<body><p>a</p>`},
		{"a chunk that comes twice", raw(shell + `<template for="1">a</template><!/><template for="1">b</template><!/>`), streamtest.ErrNoMarker,
			`chunk "1" has no place`, `<body><p>a</p>`},
		{"a marker in a comment", raw(`<body><!-- <?start name="1"><?end> --><template for="1">a</template><!/>`), streamtest.ErrNoMarker,
			`chunk "1" has no place`, `<body><!-- <?start name="1"><?end> -->`},
		{"a marker without an end", raw(`<body><?start name="1">dots<template for="1">a</template><!/>`), streamtest.ErrNoMarker,
			`chunk "1" has no place: no <?end> follows its start marker`, `<body>dots`},
		{"comments that were removed", raw(shell + `<template for="1">a</template></body></html>`), streamtest.ErrNoMarker,
			`chunk "1" lacks the <!/> behind it, which older browsers need: something removes comments`, `<body><p>a</p></body></html>`},
		{"an open element", raw(`<body><div><?start name="1">dots<?end><template for="1">a</template><!/>`), streamtest.ErrNoMarker,
			`chunk "1" is within an open <div> and not a child of body`, `<body><div>dots<template for="1">a</template><!/>`},
		{"content with an open comment", raw(shell + `<template for="1">a<!--</template><!/></body>`), streamtest.ErrNoMarker,
			`chunk "1" does not end: its content leaves a comment, a tag or an element of text open`, `<body><p>dots</p>`},
		{"a fallback that closes its paragraph", raw(`<!doctype html><body><p><?start name="1"><div>dots</div><?end></p><template for="1">a</template><!/>`), streamtest.ErrNoMarker,
			`the fallback of boundary "1" stays, because the parser moves it, or a marker, out of <p>`, `<!doctype html><body><p>a</p>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, err := streamtest.Client{}.Try(c.h, httptest.NewRequest("GET", "/", nil))
				if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.text) || p.HTML != c.html {
					t.Errorf("HTML = %s, error %v\nwant %s, %s", p.HTML, err, c.html, c.text)
				}
				time.Sleep(time.Hour)
			})
		})
	}
}

// A recording keeps what is reported to a testing.TB.
type recording struct {
	testing.TB
	errors []string
}

func (r *recording) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

func (r *recording) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

func TestGetNeedsAPath(t *testing.T) {
	for target, want := range map[string]string{
		"home":    `streamtest: target "home", want a path that begins with /`,
		"?a=b":    `streamtest: target "?a=b", want a path that begins with /`,
		"/a\x00b": `streamtest: parse "/a\x00b": net/url: invalid control character in URL`,
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("Get(%q) says %q, want %q", target, got, want)
				}
			}()
			streamtest.Get(&recording{TB: t}, http.NotFoundHandler(), target)
		}()
	}
}

func TestGetReportsErrors(t *testing.T) {
	r := &recording{TB: t}
	streamtest.Get(r, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), "/")
	if want := "streamtest: GET /: response aborted before its header\nno response\n"; len(r.errors) != 1 || r.errors[0] != want {
		t.Errorf("errors = %q, want %q", r.errors, want)
	}
}
