package stream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/a-h/templ"
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

	out    transport
	loads  loads
	root   boundary   // the page, of which all boundaries are descendants
	state  templState // of the page, of views and of error views
	failed atomic.Bool
	placed atomic.Bool // a boundary had to load in place

	// Made by open, guarded by loads.mu until then.
	nonce    string          // that templ.WithNonce has set
	view     context.Context // views end with it: with the client or the response
	end      context.CancelCauseFunc
	ends     [2]context.CancelFunc
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

// sendPage renders page and sends its shell.
func (p *response) sendPage(page templ.Component) error {
	f := &fragment{resp: p, owner: &p.root, kind: pageFragment, bytes: getBytes()}
	defer f.recycle()
	if err := p.renderPage(f, page); err != nil {
		return p.shellError(err)
	}
	if p.headOnly() {
		return nil
	}
	return p.sendShell(f)
}

// renderPage renders the page component into f. A panic in it goes on up.
func (p *response) renderPage(f *fragment, page templ.Component) error {
	if page == nil {
		return errors.New("the page component is nil")
	}
	buf := p.buffer()
	seen := p.seen
	ctx := &pageContext{p.ctx, &p.root}
	err := f.render(ctx, page, buf)
	p.loads.close(f, false)
	p.seen = seen
	p.release(buf)
	if p.err != nil {
		return p.err
	}
	return err
}

func (p *response) shellError(err error) error {
	if !p.out.committed {
		return fmt.Errorf("%w: %w", ErrShell, err)
	}
	if p.err != nil {
		return p.err
	}
	return fmt.Errorf("stream: the shell, partly sent: %w", err)
}

// flushShell sends what the page has so far, because of a templ.Flush in it.
func (p *response) flushShell(f *fragment) {
	if p.mode == Complete || p.headOnly() || p.err != nil {
		return
	}
	// The end tags stay for the end. In order, so does what stands behind a
	// boundary that is not ready.
	n, end := 0, tailStart(f.bytes)
	for _, m := range f.marks {
		if m.offset > end {
			break
		}
		if p.mode == InOrder && !m.b.settled.Load() {
			end = m.offset
			break
		}
		n++
	}
	// A flush of nothing would be the end of all other statuses.
	if p.err = p.assemble(f.bytes[:end], f.marks[:n], false); p.err == nil && len(p.bytes) > 0 {
		p.err = p.write(true)
	}
	f.bytes = append(f.bytes[:0], f.bytes[end:]...)
	f.marks = append(f.marks[:0], f.marks[n:]...)
	for i := range f.marks {
		f.marks[i].offset -= end
	}
}

// sendShell sends the rest of the page, with fallbacks for what is not ready.
func (p *response) sendShell(f *fragment) error {
	if len(f.marks) == 0 && p.pending == 0 {
		p.bytes, f.bytes = f.bytes, nil
		return p.writeLast()
	}
	if err := p.grace(f.marks); err != nil {
		return err
	}
	if err := p.assemble(f.bytes, f.marks, true); err != nil {
		return err
	}
	f.recycle()
	if p.pending == 0 {
		return p.writeLast()
	}
	end := tailStart(p.bytes)
	p.checkOpen(p.bytes[:end])
	p.tail = append(p.tail, p.bytes[end:]...)
	p.bytes = appendScript(p.bytes[:end], p.rd.Script, p.nonce)
	return p.write(true)
}

// assemble makes p.bytes of src, with what is to stand at its marks.
func (p *response) assemble(src []byte, marks []mark, patient bool) error {
	p.bytes = getBytes()
	if !p.outOfOrder() {
		return p.settleInOrder(src, marks)
	}
	p.bytes, p.marks = append(p.bytes, src...), append(p.marks, marks...)
	p.settle(patient)
	return nil
}

func (p *response) outOfOrder() bool { return p.mode == OutOfOrder && !p.whole }

// grace waits for loads that are nearly done.
func (p *response) grace(marks []mark) error {
	if p.rd.Grace <= 0 || p.mode != OutOfOrder {
		return nil
	}
	over := false
	timer := time.AfterFunc(p.rd.Grace, func() {
		p.loads.mu.Lock()
		defer p.loads.mu.Unlock()
		over = true
		p.loads.signal()
	})
	defer timer.Stop()
	for _, m := range marks {
		for !m.b.settled.Load() {
			if err := p.wait(); err != nil {
				return err
			}
			p.loads.mu.Lock()
			stop := over
			p.loads.mu.Unlock()
			if stop {
				return nil
			}
		}
	}
	return nil
}

// sendReady sends the content of pending boundaries that are ready and, when
// nothing is pending any more, the end of the page.
func (p *response) sendReady() error {
	for _, b := range p.loads.take() {
		// What has no markers yet is filled where it stands when its
		// surroundings are sent. A chunk before it may have done so.
		if b.sent && !b.filled {
			p.chunk(b)
		}
	}
	if p.bytes == nil {
		return nil
	}
	p.settle(true)
	if p.pending == 0 {
		p.bytes = append(p.bytes, p.tail...)
		return p.writeLast()
	}
	return p.write(true)
}

// writeLast sends the end of the page. The server flushes it, unless there are
// loads to be waited for first.
func (p *response) writeLast() error {
	return p.write(p.loads.busy())
}

// wait returns when something has happened to the loads. Its error is that of
// a client that has left. Pages spend their time here, so what it and those
// that call it keep on the stack is what a waiting page costs.
func (p *response) wait() error {
	select {
	case <-p.loads.wake:
	case <-p.expired:
		p.expired = nil
		// It ends with the client, too.
		if p.scopes[timed].Err() == context.DeadlineExceeded {
			p.loads.expireTimed(context.Cause(p.scopes[timed]))
		}
	}
	p.loads.checkAbort()
	return p.gone()
}

// yield lets loads that end at this moment end, so that what ends together is
// sent together and what needs no time stands in place. Gosched goes behind
// all that can run now; the second time, behind loads that have yielded once
// themselves. The shortest sleep makes it exact under testing/synctest.
func (p *response) yield() {
	for range 2 {
		runtime.Gosched()
		if !p.loads.busy() {
			return
		}
	}
	time.Sleep(time.Nanosecond)
}

func (p *response) await(b *boundary) error {
	for !b.settled.Load() {
		if err := p.wait(); err != nil {
			return err
		}
	}
	return nil
}

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

// buffer returns a buffer to render into.
func (p *response) buffer() *templruntime.Buffer {
	buf, _ := templruntime.GetBuffer(io.Discard)
	p.seen = p.loads.started.Load()
	return buf
}

// release gives buf back to templ's pool, unless something was started while
// it was in use that still runs and might have kept it: what such a load
// writes too late must never reach another response.
func (p *response) release(buf *templruntime.Buffer) {
	if p.seen == p.loads.started.Load() || p.loads.idle() {
		buf.Reset(nil)
		_ = templruntime.ReleaseBuffer(buf)
	}
}

func (p *response) headOnly() bool { return p.r.Method == http.MethodHead }
