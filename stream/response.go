package stream

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"sync/atomic"

	"github.com/a-h/templ"
	templruntime "github.com/a-h/templ/runtime"

	"github.com/rivulet-go/rivulet/internal/cut"
	"github.com/rivulet-go/rivulet/stream/internal/templstate"
)

// A response sends one page. Its loads decide what runs, its reveal decides what
// may be sent, and the response itself produces the bytes. Method run shows the
// life of a page.
//
// A response belongs to the goroutine that called Render, except for its loads
// and for fields whose comments say otherwise.
type response struct {
	// The request and how it is answered. Constant.
	rd    *Renderer
	r     *http.Request
	ctx   context.Context // of the request, or the one that Trace.Start returned
	trace *Trace          // never nil
	mode  Mode
	vary  string // value of Vary: the headers that were looked at to choose mode

	idVary string // value of Vary: further headers that were looked at to choose prefix

	page    pageWriter    // the writer of a Handler's Page
	pageReq *http.Request // the Page's, if its forms are still to be taken
	timing  *serverTiming // nil unless Renderer.ServerTiming is set

	// The tree of boundaries and what they share. Used by all goroutines.
	loads       loads
	root        boundary     // the page itself, the ancestor of all boundaries
	origin      templOrigin  // what all templ states begin with
	state       templState   // of the page, of views and of error views
	fallbacks   templState   // of fallbacks
	failed      atomic.Int32 // how boundaries have failed
	toldInPlace atomic.Bool  // Trace.InPlace has been called
	header      header

	// The ids. Belongs to the goroutine of the response.
	prefix string // of all ids; see idPrefix

	reveal reveal // used out of order
	known  *route // what is known about such pages; nil until it is needed

	// What is being rendered.
	draft
	pageBuf *templruntime.Buffer // of the page, if loads that were running may still write to it
	aheads  aheads               // content rendered before its turn
	heads   *heads               // what the Heads of the page show; nil until one is filled
	keys    *keys                // nil if there are none; guarded by loads.mu, unless the request names keys
	budget  budget               // of the bytes held for the client

	// What has been sent, and what will be.
	out    transport
	tail   []byte // end tags, held back until nothing is pending
	err    error  // of a write or of the budget, or one that decides the page; it ends the rendering of the page
	result error  // of Render
	check  check  // looks for faults in the HTML

	verdict *verdict // nil unless a boundary has decided the page

	rendering   bool // the page component is being rendered
	lacksPrefix bool // prefix is still to be made
	looked      bool // a load was running at a look before the shell
	patient     bool // at that look, a turn of the scheduler was worth its time
	lastResort  bool // what is being rendered must be shown, whatever the budget
	redirected  bool // a redirect after the first byte has ended the page
	noindex     bool // the page has to say that it is not to be indexed
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
	p.state.origin, p.fallbacks.origin = &p.origin, &p.origin
	return p
}

// run sends page and ends the response. It is the main loop of a page. The shell
// is made in a call of its own, so that a waiting page does not hold it.
func (p *response) run(page templ.Component) error {
	p.begin()
	defer p.close()
	err := p.sendPage(page)
	for err == nil && p.reveal.pending > 0 {
		if err = p.waitForChunks(); err == nil {
			err = p.sendChunks()
		}
	}
	p.result = p.redirectLate(err)
	return p.result
}

// begin starts the time of the page and removes the deadline that the server has
// set for the whole response.
func (p *response) begin() {
	p.loads.begin()
	p.out.begin(p.r, p.rd.WriteTimeout, p.rd.logger())
}

// sendPage renders page and sends its shell.
func (p *response) sendPage(page templ.Component) error {
	p.checkParts()
	f := &fragment{resp: p, owner: &p.root, kind: pageFragment, rope: rope{bytes: getBytes()}}
	defer f.recycle()
	if err := p.renderPage(f, page); err != nil {
		if e := decides(err); e != nil && p.err == nil {
			p.tellDecision(BoundaryInfo{}, e)
		}
		return p.shellError(err)
	}
	switch {
	case p.headOnly():
		return p.sendHeaders(f)
	case p.namesKeys():
		return p.sendTarget(f)
	}
	err := p.sendShell(f)
	if err != nil && !p.out.committed && (isTooLarge(err) || decides(err) != nil) {
		return p.shellError(err)
	}
	return err
}

// close ends the loads, waits for them and calls finish. It calls finish even if
// a callback of the Trace panics or ends the goroutine, since an unfinished page
// must not look finished.
//
// A Handler answers first if an error has decided the page, so that the answer
// does not wait for loads.
func (p *response) close() {
	defer p.finish()
	defer p.giveBack()
	if p.page.p != nil && !p.out.committed && decides(p.result) != nil {
		if p.loads.cancel(); !p.loads.idle() {
			runtime.Gosched()
			settle()
		}
		if !p.loads.idle() {
			return
		}
	}
	p.endLoads()
}

// giveBack gives the buffers of a page that was not sent whole to other responses. After
// a panic they may be in use.
func (p *response) giveBack() {
	if p.result == nil || p.result == errPanicked {
		return
	}
	p.drop()
	p.holes = nil
	p.releaseAll()
}

// drop gives up p.bytes, which are not sent, and with them the places in them.
func (p *response) drop() {
	putBytes(p.bytes)
	p.bytes = nil
	if p.heads != nil {
		p.heads.late = nil
	}
}

// endLoads ends the loads and waits for them. Only the first call has an effect.
func (p *response) endLoads() {
	for _, b := range p.loads.finish(p.result == nil && !p.redirected) {
		if p.trace.Abandoned != nil {
			p.trace.Abandoned(p.ctx, b.info())
		}
	}
	p.takeLateForms()
}

// finish ends the response on the wire. It cuts a page that was not sent whole.
// If nothing was sent, it prepares the writer for the caller's answer.
func (p *response) finish() {
	if p.result != nil && !p.out.committed {
		if p.page.p == nil { // otherwise Handler answers, and ends it
			p.header.begin(p, true)
		}
		// The caller may render its answer with the same templ state, so the claims
		// of the page are taken back.
		p.origin.claims.Restore(p.ctx.Value(templstate.Key))
	}
	switch {
	case p.result == nil:
		p.checkHeads()
		if p.timing != nil {
			p.timing.end(p.out.w.Header())
		}
	case p.out.committed:
		cut.Response(p.out.w, p.r)
	default:
		p.out.arm() // for the caller's answer
	}
}

// done calls Trace.Done.
func (p *response) done() {
	if p.trace.Done != nil {
		p.trace.Done(p.ctx, p.result)
	}
}

// noTrace is the Trace of a response that has none.
var noTrace Trace

// route returns what is known about pages of the same route.
func (p *response) route() *route {
	if p.known == nil {
		p.known = routeOf(p.r)
	}
	return p.known
}

// outOfOrder reports whether boundaries in the content that is being rendered may
// show fallbacks.
func (p *response) outOfOrder() bool { return p.mode.hasFallbacks() && !p.whole && !p.headOnly() }

// inParts reports whether the content that is being rendered may be sent in order,
// part by part.
func (p *response) inParts() bool { return p.mode == InOrder && !p.whole && !p.headOnly() }

// write sends p.bytes and gives the buffer back, so that a waiting response holds
// none. More bytes must follow.
func (p *response) write(flush bool) error { return p.send(flush, false) }

// send is like write, but if last is true no more bytes follow.
func (p *response) send(flush, last bool) error {
	p.decideMarked()
	if err := p.judge(); err != nil {
		return err
	}
	if err := p.gone(); err != nil {
		return err
	}
	if err := p.fillLate(); err != nil {
		return err
	}
	n := len(p.bytes)
	err := p.sendBytes(flush, last)
	putBytes(p.bytes)
	p.bytes = nil
	p.releaseAll()
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

// sendBytes sends p.bytes. The first call also sends the status and the headers.
func (p *response) sendBytes(flush, last bool) error {
	if p.out.committed {
		return p.out.send(p.bytes, 0, flush)
	}
	status := p.commit(last)
	bodyCame := p.out.boundBody(p.r)
	err := p.out.send(p.bytes, status, flush)
	if flush { // without a flush, the server sends the headers when the handler returns
		bodyCame()
	}
	return err
}

// writeLast sends the end of the page. It flushes only if loads have to be waited
// for, since the server flushes when the handler returns.
func (p *response) writeLast() error {
	return p.send(p.loads.busy(), true)
}

// written returns the number of bytes that were sent or are in p.bytes.
func (p *response) written() int { return p.out.sent + len(p.bytes) }

// noteSent calls Trace.Sent for the content of b, which is in p.bytes or was sent.
func (p *response) noteSent(b *boundary, bytes int, inPlace bool) {
	if p.trace.Sent != nil && b.kind == ordinary && !p.headOnly() {
		p.trace.Sent(p.ctx, b.info(), bytes, inPlace)
	}
}
