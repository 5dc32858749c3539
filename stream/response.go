package stream

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	templruntime "github.com/a-h/templ/runtime"
)

// A response is one page on its way. All of it but its loads belongs to the
// goroutine that called Render.
type response struct {
	rd    *Renderer
	r     *http.Request
	ctx   context.Context // of the request, or what Trace.Start made of it
	trace *Trace
	mode  Mode
	start time.Time

	out         transport
	loads       loads
	root        boundary   // the page, of which all boundaries are descendants
	state       templState // of the page, of views and of error views
	failed      atomic.Bool
	toldInPlace atomic.Bool // Trace.InPlace has been called

	// Made by open, guarded by loads.mu until then.
	nonce    string          // that templ.WithNonce has set
	view     context.Context // views end with it: with the client or the response
	end      context.CancelCauseFunc
	unhook   func() bool // from the request's context
	scopes   [2]context.Context
	deadline time.Time       // zero: none
	expired  <-chan struct{} // closed at the deadline; nil when that has been dealt with

	bytes   []byte               // to be sent
	marks   []mark               // in bytes, out of order
	buf     *templruntime.Buffer // through which views are rendered into bytes
	spare   *fragment            // for the next view
	seen    int64                // goroutines started before buf was in use
	whole   bool                 // boundaries are waited for where they stand, whatever the mode
	pending int                  // boundaries whose markers were sent and whose content was not
	tail    []byte               // end tags, held back until nothing is pending
	err     error                // of a write; rendering the page stops with it
	result  error                // of Render
}

func newResponse(rd *Renderer, w http.ResponseWriter, r *http.Request, mode Mode) *response {
	p := &response{rd: rd, r: r, ctx: r.Context(), trace: rd.Trace, mode: mode, start: time.Now()}
	if p.trace == nil {
		p.trace = &noTrace
	}
	if p.trace.Start != nil {
		if ctx := p.trace.Start(p.ctx, r, p.mode); ctx != nil {
			p.ctx = ctx
		}
	}
	p.out = newTransport(w, r, rd.WriteTimeout)
	p.root.resp = p
	p.loads.limit = rd.Limit
	p.state.v = p.ctx.Value(stateKey)
	return p
}

var noTrace Trace

func (p *response) headOnly() bool { return p.r.Method == http.MethodHead }

func (p *response) outOfOrder() bool { return p.mode == OutOfOrder && !p.whole }

// write sends p.bytes and gives them back, so that a response that waits
// holds no buffer.
func (p *response) write(flush bool) error {
	if err := p.gone(); err != nil {
		return err
	}
	status := 0
	if p.mode == Complete && p.failed.Load() {
		status = http.StatusInternalServerError
	}
	n := len(p.bytes)
	err := p.out.send(p.bytes, status, flush)
	putBytes(p.bytes)
	p.bytes = nil
	if p.buf != nil {
		p.release(p.buf)
		p.buf = nil
	}
	if err != nil {
		p.err = fmt.Errorf("stream: write: %w", err)
		if p.ctx.Err() != nil {
			p.err = fmt.Errorf("stream: write: %w: %w", p.ctx.Err(), err)
		}
		return p.err
	}
	if p.trace.Flushed != nil {
		p.trace.Flushed(p.ctx, n)
	}
	return nil
}

// writeLast sends the end of the page. The server flushes it, unless there are
// loads to be waited for first.
func (p *response) writeLast() error {
	return p.write(p.loads.busy())
}

// written counts the bytes that the response has so far.
func (p *response) written() int { return p.out.sent + len(p.bytes) }

func (p *response) noteSent(b *boundary, bytes int, inPlace bool) {
	if p.trace.Sent != nil {
		p.trace.Sent(p.ctx, b.info(), bytes, inPlace)
	}
}
