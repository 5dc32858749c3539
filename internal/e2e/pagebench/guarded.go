package pagebench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/assets"
)

// Guarded is HandMade with what a page needs before its visitors do. Loads begin
// before the shell leaves, and may panic. So may views: what fails shows an error, and
// the rest of the page stays. The page ends after 30 s or when the client has left,
// and gives up a client that does not read. A script serves browsers that cannot
// patch.
//
// It has no content in place, ids that cannot collide, timeouts of one boundary,
// limits, statuses, logs, or whatever else a library does.
var Guarded = Program{"guarded", func(p Page) http.Handler {
	return &guarded{p, count(p.Boundaries)}
}}

type guarded struct {
	Page
	total int // boundaries on all levels
}

const guardTime = 30 * time.Second

var errGuardTime = errors.New("the page takes too long")

func (h *guarded) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeoutCause(r.Context(), guardTime, errGuardTime)
	defer cancel()
	g := &guardedPage{w: w, out: http.NewResponseController(w), loads: ctx, done: make(chan outcome, h.total)}
	view := templ.InitializeContext(r.Context())
	buf := buffers.Get().(*bytes.Buffer)
	if err := try(func() error { return document(h.Boundaries, g.show).Render(view, buf) }); err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	setContentType(w)
	w.Header().Set("X-Accel-Buffering", "no")
	if g.pending > 0 {
		buf.WriteString(guardScript)
	}
	for g.send(buf) == nil && g.pending > 0 {
		select {
		case o := <-g.done:
			buf = g.chunks(view, o)
		case <-ctx.Done():
			panic(http.ErrAbortHandler) // so that the page does not look finished
		}
	}
}

var guardScript = "<script>" + assets.Unsuspense().Text + "</script>"

// A guardedPage is the state of one response. Except for done, it belongs to the
// goroutine of the handler.
type guardedPage struct {
	w       http.ResponseWriter
	out     *http.ResponseController
	loads   context.Context
	done    chan outcome // has room for all boundaries, so that no load waits
	pending int
}

// An outcome is how a load has ended.
type outcome struct {
	b   *Boundary
	err error
}

// show begins the load of b.
func (g *guardedPage) show(b *Boundary) templ.Component {
	g.pending++
	go func() {
		g.done <- outcome{b, try(func() error { b.load(); return g.loads.Err() })}
	}()
	return marked(b)
}

// chunks renders o and all that is done by then.
func (g *guardedPage) chunks(ctx context.Context, o outcome) *bytes.Buffer {
	buf := buffers.Get().(*bytes.Buffer)
	for {
		g.chunk(ctx, buf, o)
		runtime.Gosched() // lets loads end; otherwise there is a write for each
		select {
		case o = <-g.done:
		default:
			return buf
		}
	}
}

func (g *guardedPage) chunk(ctx context.Context, buf *bytes.Buffer, o outcome) {
	g.pending--
	buf.WriteString(`<template for="`)
	buf.WriteString(o.b.ID)
	buf.WriteString(`">`)
	start, err := buf.Len(), o.err
	if err == nil {
		err = try(func() error { return content(o.b, g.show).Render(ctx, buf) })
	}
	if err != nil {
		buf.Truncate(start)
		buf.WriteString(`<p role="alert">This part failed.</p>`)
	}
	buf.WriteString(`</template><!/>`)
}

// send writes and flushes what is in buf, which is not needed while the page waits.
func (g *guardedPage) send(buf *bytes.Buffer) error {
	defer buffers.Put(buf)
	defer buf.Reset()
	if err := g.loads.Err(); err != nil {
		return err
	}
	_ = g.out.SetWriteDeadline(time.Now().Add(guardTime))
	if _, err := g.w.Write(buf.Bytes()); err != nil || g.pending == 0 {
		return err
	}
	return g.out.Flush()
}

// try calls f and returns a panic as an error.
func try(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return f()
}
