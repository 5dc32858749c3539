package stream

import (
	"context"
	"errors"
	"fmt"
	"runtime"
)

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

// await waits until the load of b has ended, or its sequence has gone on.
func (p *response) await(b *boundary) error {
	for !b.ready() {
		if err := p.wait(); err != nil {
			return err
		}
	}
	return nil
}

// yield lets loads that end at this moment end, so that what ends together is
// sent together and what needs no time stands in place. A load that has not had
// its first turn is waited for: on a busy machine another thread may have taken
// it and not run it yet, and a goroutine that waits lets this thread take it
// back. Gosched goes behind all that can run now; the second time, behind loads
// that have yielded once themselves.
func (p *response) yield() {
	for p.loads.starting.Load() > 0 {
		<-p.loads.wake
	}
	for range 2 {
		if !p.loads.busy() {
			return
		}
		runtime.Gosched()
	}
	settle()
}

// gone returns the error of a client that has left or that could not be
// written to, or nil.
func (p *response) gone() error {
	if p.err != nil {
		return p.err
	}
	if !p.left() && !p.ended() {
		return nil
	}
	if err := p.ctx.Err(); err != nil && !errors.Is(context.Cause(p.ctx), err) {
		return fmt.Errorf("stream: %w: %w", err, context.Cause(p.ctx))
	}
	return fmt.Errorf("stream: %w", context.Cause(p.ctx))
}

// left reports whether the client has left: a deadline is no such thing.
func (p *response) left() bool { return errors.Is(p.ctx.Err(), context.Canceled) }

// over reports whether nothing can be placed any more.
func (p *response) over() bool {
	p.loads.mu.Lock()
	defer p.loads.mu.Unlock()
	return p.loads.ended
}

// ended reports whether the context of views has ended. A goroutine of the
// page may be making it just now.
func (p *response) ended() bool {
	p.loads.mu.Lock()
	defer p.loads.mu.Unlock()
	return p.view != nil && p.view.Err() != nil
}
