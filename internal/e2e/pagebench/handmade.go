package pagebench

import (
	"bytes"
	"context"
	"net/http"
	"runtime"
	"sync"

	"github.com/a-h/templ"
)

// HandMade is what one would write for these pages and nothing else: templ, a
// goroutine for each boundary, a channel, and one write and flush for the
// boundaries that are ready. It has no timeouts, no errors, no cancellation, no
// asset state for fallbacks and no script for browsers that cannot patch. A
// library can approach it.
var HandMade = Program{"hand-made", func(p Page) http.Handler {
	return &handMade{p, count(p.Boundaries)}
}}

type handMade struct {
	Page
	total int // boundaries on all levels
}

func (h *handMade) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	setContentType(w)
	ctx := templ.InitializeContext(r.Context())
	buf := buffers.Get().(*bytes.Buffer)
	_ = document(h.Boundaries, marked).Render(ctx, buf)
	send(w, buf)
	if h.total == 0 {
		return
	}
	flush := w.(http.Flusher).Flush
	flush()
	done := make(chan *Boundary, h.total)
	begin(h.Boundaries, done)
	for left := h.total; left > 0; {
		left -= sendReady(ctx, w, <-done, done)
		flush()
	}
}

// begin loads the boundaries. The handler waits for as many as there are.
func begin(bs []*Boundary, done chan<- *Boundary) {
	for _, b := range bs {
		go func() { done <- b.load() }()
	}
}

// sendReady sends b and all that is done by then in one write, and returns how
// many boundaries that are.
func sendReady(ctx context.Context, w http.ResponseWriter, b *Boundary, done chan *Boundary) (n int) {
	buf := buffers.Get().(*bytes.Buffer)
	for b != nil {
		chunk(ctx, buf, b)
		n++
		begin(b.Children, done)
		runtime.Gosched() // lets loads end; otherwise there is a write for each
		select {
		case b = <-done:
		default:
			b = nil
		}
	}
	send(w, buf)
	return n
}

func chunk(ctx context.Context, buf *bytes.Buffer, b *Boundary) {
	buf.WriteString(`<template for="`)
	buf.WriteString(b.ID)
	buf.WriteString(`">`)
	_ = content(b, marked).Render(ctx, buf)
	buf.WriteString(`</template><!/>`)
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// send writes what is in buf, which is not needed while the page waits.
func send(w http.ResponseWriter, buf *bytes.Buffer) {
	_, _ = w.Write(buf.Bytes())
	buf.Reset()
	buffers.Put(buf)
}
