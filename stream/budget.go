package stream

import (
	"errors"
	"fmt"
	"math"
	"sync/atomic"
)

const defaultMaxBuffer = 64 << 20

// A budget counts the bytes that a response holds for its client. It does not
// include the bytes that the response's own goroutine is rendering; see
// response.fits.
type budget struct {
	limit int64        // in bytes
	held  atomic.Int64 // bytes of loads that render, of boundaries in place and, in the mode Complete, of aheads
}

// isPart reports whether p.bytes are large enough for a streamed response to send
// them before it renders more.
func (p *response) isPart() bool { return len(p.bytes) > int(min(1<<20, p.budget.limit/4)) }

// maxBuffer returns the limit of a response, in bytes.
func (rd *Renderer) maxBuffer() int64 {
	switch {
	case rd.MaxBuffer < 0:
		return math.MaxInt64
	case rd.MaxBuffer == 0:
		return defaultMaxBuffer
	}
	return int64(rd.MaxBuffer)
}

// A maxBufferError is the error of a response or a boundary that would exceed
// Renderer.MaxBuffer.
type maxBufferError struct{ limit int64 }

func (e *maxBufferError) Error() string {
	return fmt.Sprintf("more than %d bytes held in memory, see Renderer.MaxBuffer", e.limit)
}

// isTooLarge reports whether err is a maxBufferError.
func isTooLarge(err error) bool {
	var e *maxBufferError
	return errors.As(err, &e)
}

// fits returns an error if n bytes in the goroutine of the response, together
// with those held elsewhere, exceed the budget.
func (p *response) fits(n int) error {
	if int64(n)+p.budget.held.Load() > p.budget.limit && !p.lastResort {
		return &maxBufferError{p.budget.limit}
	}
	return nil
}

// holdAhead counts n bytes that were rendered ahead. In the mode InOrder, where the
// page is sent in parts, it does not count them in the budget. So loads, and content
// whose turn has come, have the same room as without them.
func (p *response) holdAhead(n int) {
	p.aheads.held += int64(n)
	if p.mode == Complete {
		p.budget.held.Add(int64(n))
	}
}

// holdsMuch reports whether the response holds so many bytes that it must render
// nothing more ahead.
func (p *response) holdsMuch() bool {
	held := p.budget.held.Load()
	if p.mode != Complete {
		held += p.aheads.held
	}
	return held > p.budget.limit/4
}

// noteTooLarge ends the page with err if err is a maxBufferError and nothing was
// sent, when the status can still report it. For content that is rendered ahead in
// order it does nothing: by the turn of that content, a part of the page was sent.
func (p *response) noteTooLarge(err error) {
	ahead := p.mode != Complete && p.ahead
	if p.err == nil && !p.out.committed && !ahead && isTooLarge(err) {
		p.err = err
	}
}

// checkHeld ends the page if p.bytes exceed the budget. It is for content that is
// not sent in parts.
func (p *response) checkHeld() error {
	if p.err != nil {
		return p.err
	}
	if err := p.fits(len(p.bytes)); err != nil {
		if p.err = err; p.out.committed {
			p.err = fmt.Errorf("stream: %w", err)
		}
	}
	return p.err
}

// hold counts n bytes that b holds outside the goroutine of the response, or in
// place. It returns an error if they exceed the budget, or if b is settled and
// nothing waits for them. Outside a response there is no limit.
func (b *boundary) hold(n int) error {
	switch {
	case b.resp == nil:
		return nil
	case b.load.settled.Load():
		return errClosed
	}
	budget := &b.resp.budget
	if budget.held.Add(int64(n)) > budget.limit {
		budget.held.Add(-int64(n))
		return &maxBufferError{budget.limit}
	}
	b.held.Add(int64(n))
	return nil
}

// keep sets the number of bytes that b holds to n and gives the others back.
func (b *boundary) keep(n int) {
	if b.resp != nil && b.held.Load() != 0 {
		b.resp.budget.held.Add(int64(n) - b.held.Swap(int64(n)))
	}
}
