package stream

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"

	"github.com/a-h/templ"
	templruntime "github.com/a-h/templ/runtime"

	"github.com/rivulet-go/rivulet/internal/cut"
	"github.com/rivulet-go/rivulet/stream/internal/templstate"
)

// A response is one page on its way. Its loads decide what runs, its reveal what
// may be sent, and the response makes the bytes. See run for the trip of a page.
//
// All of it but its loads belongs to the goroutine that called Render, unless a
// field says something else.
type response struct {
	// What is asked for, and of whom. Constant.
	rd    *Renderer
	r     *http.Request
	ctx   context.Context // of the request, or what Trace.Start made of it
	trace *Trace          // not nil
	mode  Mode
	vary  string // the headers that the choice of mode has looked at

	prefix string // of all ids, with its "-"; empty for navigations
	idVary string // the headers that the choice of prefix has looked at besides

	page   pageWriter    // that the Page of a Handler was given
	timing *serverTiming // nil: nobody asked for it

	// The tree of boundaries and what they share. Used by all goroutines.
	loads       loads
	root        boundary    // the page, of which all boundaries are descendants
	origin      templOrigin // of all states; with the nonce that templ.WithNonce has set
	state       templState  // of the page, of views and of error views
	failed      atomic.Bool // a boundary without an ErrorView of its own has
	toldInPlace atomic.Bool // Trace.InPlace has been called

	reveal reveal // out of order

	// What is being rendered. Out of order, a response that waits holds nothing
	// of it but spare.
	bytes      []byte               // to be sent
	holes      []hole               // in bytes, out of order
	buf        *templruntime.Buffer // through which views are rendered into bytes
	seen       int64                // goroutines started before buf was in use
	spare      *fragment            // for the next view
	budget     budget               // of what it holds
	lastResort bool                 // the last error view must always be shown
	whole      bool                 // boundaries are waited for where they stand, whatever the mode
	aheads     aheads               // what stands in place and was rendered before its turn

	// What has been sent, and what is still to be.
	out    transport
	tail   []byte // end tags, held back until nothing is pending
	err    error  // of a write; rendering the page stops with it
	result error  // of Render
	check  check  // of the HTML
}

var (
	errEnded    = errors.New("the response has ended")
	errPanicked = errors.New("stream: panic in the page")
)

func newResponse(rd *Renderer, w http.ResponseWriter, r *http.Request) *response {
	p := &response{rd: rd, r: r, ctx: r.Context(), trace: rd.Trace, result: errPanicked}
	p.out.w, p.check.p = w, p
	p.chooseMode()
	p.loads.init(rd)
	p.reveal.grace = rd.Grace
	p.budget.limit = rd.maxBuffer()
	if rd.ServerTiming {
		p.timing = newServerTiming(p.loads.life.start)
		p.trace = JoinTraces(p.trace, p.timing.trace())
	}
	if p.trace == nil {
		p.trace = &noTrace
	}
	if p.trace.Start != nil {
		if ctx := p.trace.Start(p.ctx, r, p.mode); ctx != nil {
			p.ctx = ctx
		}
	}
	p.root.resp = p
	if p.state.v = p.ctx.Value(templstate.Key); p.state.v != nil {
		p.origin.claims = templstate.Of(p.state.v, nil)
	}
	p.state.origin = &p.origin
	return p
}

// run sends page and ends the response: it is the trip of a page. Pages wait in
// it, so the shell is made and dropped in a call of its own.
func (p *response) run(page templ.Component) error {
	p.begin()
	defer p.close()
	err := p.sendPage(page)
	for err == nil && p.reveal.pending > 0 {
		if err = p.sendChunks(); err == nil && p.reveal.pending > 0 {
			err = p.waitForChunks()
		}
	}
	p.result = err
	return err
}

// begin starts the time of the page, and lifts the deadline that the server has
// set for all of it.
func (p *response) begin() {
	p.loads.begin()
	p.out = newTransport(p.out.w, p.r, p.rd.WriteTimeout, p.rd.logger())
}

// sendPage renders page and sends its shell.
func (p *response) sendPage(page templ.Component) error {
	f := &fragment{resp: p, owner: &p.root, kind: pageFragment, bytes: getBytes()}
	defer f.recycle()
	if err := p.renderPage(f, page); err != nil {
		return p.shellError(err)
	}
	if p.headOnly() {
		if status := p.commit(true); status != 0 {
			p.out.w.WriteHeader(status)
		}
		return nil
	}
	err := p.sendShell(f)
	if err != nil && !p.out.committed && isTooLarge(err) {
		return p.shellError(err)
	}
	return err
}

// close ends the loads and waits for them. What is unfinished must not look
// finished then, even if a callback of the Trace does not return.
func (p *response) close() {
	defer p.finish()
	p.endLoads()
}

// endLoads ends the loads, once, and waits for them.
func (p *response) endLoads() {
	for _, b := range p.loads.finish(p.result == nil) {
		if p.trace.Abandoned != nil {
			p.trace.Abandoned(p.ctx, b.info())
		}
	}
}

// finish says on the wire how the response has ended.
func (p *response) finish() {
	if p.result != nil && !p.out.committed {
		// The caller's answer may be rendered with what the page has claimed.
		p.origin.claims.Restore(p.ctx.Value(templstate.Key))
	}
	switch {
	case p.result == nil:
		if p.timing != nil {
			p.timing.end(p.out.w.Header())
		}
	case p.out.committed:
		cut.Response(p.out.w, p.r)
	default:
		p.out.arm() // for the caller's answer
	}
}

// done tells the Trace that all is over.
func (p *response) done() {
	if p.trace.Done != nil {
		p.trace.Done(p.ctx, p.result)
	}
}

// noTrace is the Trace of a response that has none.
var noTrace Trace

// headOnly reports whether nobody wants to see what boundaries show.
func (p *response) headOnly() bool {
	if p.r.Method == http.MethodHead {
		return true
	}
	status := p.page.held.Load()
	return status == http.StatusNoContent || status == http.StatusNotModified
}

// outOfOrder reports whether what is rendered now may have fallbacks in it.
func (p *response) outOfOrder() bool { return p.mode == OutOfOrder && !p.whole }

// write sends p.bytes, after which more will follow, and gives them back, so
// that a response that waits holds no buffer.
func (p *response) write(flush bool) error { return p.send(flush, false) }

// send is write, perhaps of the last bytes.
func (p *response) send(flush, last bool) error {
	if err := p.gone(); err != nil {
		return err
	}
	n := len(p.bytes)
	err := p.sendBytes(flush, last)
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

// sendBytes sends p.bytes, the first time with status and headers.
func (p *response) sendBytes(flush, last bool) error {
	if p.out.committed {
		return p.out.send(p.bytes, 0, flush)
	}
	status := p.commit(last)
	bodyCame := p.out.boundBody(p.r)
	err := p.out.send(p.bytes, status, flush)
	if flush { // else the server sends the headers when the handler has returned
		bodyCame()
	}
	return err
}

// writeLast sends the end of the page. The server flushes it, unless there are
// loads to be waited for first.
func (p *response) writeLast() error {
	return p.send(p.loads.busy(), true)
}

// written counts the bytes that the response has so far.
func (p *response) written() int { return p.out.sent + len(p.bytes) }

// noteSent tells the Trace that the content of b is among the bytes to be sent.
func (p *response) noteSent(b *boundary, bytes int, inPlace bool) {
	if p.trace.Sent != nil && !b.notice {
		p.trace.Sent(p.ctx, b.info(), bytes, inPlace)
	}
}
