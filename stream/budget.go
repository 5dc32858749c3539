package stream

import (
	"errors"
	"fmt"
	"math"
	"sync/atomic"
)

const defaultMaxBuffer = 64 << 20

// A budget counts the bytes that a response holds for its client. Those that
// its own goroutine is rendering now come on top; see response.fits.
type budget struct {
	limit int64
	held  atomic.Int64 // by loads that render, and by what stands in place
}

// isPart reports whether p.bytes are so many that a response that streams writes
// them, however much more is ready.
func (p *response) isPart() bool { return len(p.bytes) > int(min(1<<20, p.budget.limit/4)) }

func (rd *Renderer) maxBuffer() int64 {
	switch {
	case rd.MaxBuffer < 0:
		return math.MaxInt64
	case rd.MaxBuffer == 0:
		return defaultMaxBuffer
	}
	return int64(rd.MaxBuffer)
}

// A maxBufferError is that of a response, or of a boundary, that would hold more
// than it may.
type maxBufferError struct{ limit int64 }

func (e *maxBufferError) Error() string {
	return fmt.Sprintf("more than %d bytes held in memory, see Renderer.MaxBuffer", e.limit)
}

func isTooLarge(err error) bool {
	var e *maxBufferError
	return errors.As(err, &e)
}

// fits returns an error if the response may not hold n bytes in its own
// goroutine.
func (p *response) fits(n int) error {
	if int64(n)+p.budget.held.Load() > p.budget.limit && !p.lastResort {
		return &maxBufferError{p.budget.limit}
	}
	return nil
}

// noteTooLarge makes err, if it is that of a response that holds too much, the
// end of a page that has not begun: its status can still say so.
func (p *response) noteTooLarge(err error) {
	if p.err == nil && !p.out.committed && isTooLarge(err) {
		p.err = err
	}
}

// checkHeld ends a response that holds too much for what is not sent in parts.
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

// hold counts n bytes that b holds outside of the goroutine of the response, or
// where it stands in place. Outside a response there is no limit. What nobody
// waits for any more has no room.
func (b *boundary) hold(n int) error {
	switch {
	case b.resp == nil:
		return nil
	case b.settled.Load():
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

// keep gives back all that b holds but n bytes.
func (b *boundary) keep(n int) {
	if b.resp != nil && b.held.Load() != 0 {
		b.resp.budget.held.Add(int64(n) - b.held.Swap(int64(n)))
	}
}
