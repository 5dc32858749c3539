package stream

import (
	"context"
	"errors"
	"runtime"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/cut"
	"github.com/rivulet-go/rivulet/stream/internal/templstate"
)

const defaultTimeout = 30 * time.Second

// open makes the contexts of boundaries, when the first is met: a page without
// any does not pay for them. loads.mu is held.
func (p *response) open(ctx context.Context) {
	if p.view != nil {
		return
	}
	p.loads.wake = make(chan struct{}, 1)
	p.origin.nonce = templ.GetNonce(ctx)
	// The deadline of a request fails its loads. Views and error views are
	// rendered all the same, so that the page ends properly.
	p.view, p.end = context.WithCancelCause(context.Background())
	p.unhook = context.AfterFunc(p.ctx, func() {
		if p.left() {
			p.end(context.Cause(p.ctx))
			p.loads.signal()
		}
	})
	p.makeScopes()
	p.expired = p.scopes[timed].Done()
	if p.rd.Until != nil {
		p.stay = context.AfterFunc(p.rd.Until, p.shutDown)
	}
}

// makeScopes makes what loads end with: the view, the deadline of the request
// and that of the Renderer's Timeout.
func (p *response) makeScopes() {
	var end context.CancelFunc // of deadlines, which end with view
	p.scopes[untimed] = p.view
	limit, ok := p.ctx.Deadline()
	if ok {
		p.scopes[untimed] = p.underDeadline(limit)
	}
	if p.rd.Until != nil {
		p.scopes[untimed], p.stop = context.WithCancelCause(p.scopes[untimed])
	}
	p.deadline = limit
	p.scopes[timed] = p.scopes[untimed]
	if timeout := p.timeout(); timeout > 0 {
		p.deadline = p.start.Add(timeout)
		p.scopes[timed], end = context.WithDeadlineCause(p.scopes[untimed], p.deadline, &timeoutError{timeout})
		if ok && limit.Before(p.deadline) {
			p.deadline = limit
		}
	}
	_ = end
}

// underDeadline returns a context that ends with view and with the deadline of
// the request, for the reason that the request gives.
func (p *response) underDeadline(limit time.Time) context.Context {
	std, _ := p.ctx.Value(cancelKey).(context.Context)
	if std == nil || std.Done() != p.ctx.Done() {
		// A context that is not of package context has no cause.
		ctx, end := context.WithDeadline(p.view, limit)
		_ = end
		return ctx
	}
	ctx, end := context.WithCancelCause(&requestEnd{p.ctx, std})
	endView := p.end
	p.end = func(cause error) {
		endView(cause)
		end(cause)
	}
	return ctx
}

// shutDown fails all loads that have not ended, because the server is stopping.
// Nobody waits for one that does not listen.
func (p *response) shutDown() {
	l := &p.loads
	l.mu.Lock()
	defer l.mu.Unlock()
	p.stop(ErrShutdown)
	for b, next := l.unsettled.first, (*boundary)(nil); b != nil; b = next {
		next = b.unsettled.next // fail may remove b
		if b.phase == loading {
			l.abandon(b)
		}
		l.fail(b, ErrShutdown)
	}
	l.abandonTasks()
	l.signal()
}

// cancelKey is the key under which package context finds its own context
// beneath another.
var cancelKey = templstate.KeyAskedBy(func(ctx context.Context) { _ = context.Cause(endedContext{ctx}) })

// An endedContext is one that package context asks for the cause of its end.
type endedContext struct{ context.Context }

func (endedContext) Err() error { return context.Canceled }

// A requestEnd is the end of a request's context, with its cause and without its
// values: loads have those of their place.
type requestEnd struct {
	context.Context                 // the request's
	std             context.Context // beneath it, of package context
}

func (c *requestEnd) Done() <-chan struct{} { return c.std.Done() }
func (c *requestEnd) Err() error            { return c.std.Err() }

func (c *requestEnd) Value(key any) any {
	if key == cancelKey {
		return c.std
	}
	return nil
}

// timeout returns the Renderer's Timeout, or none as a negative one.
func (p *response) timeout() time.Duration {
	if p.rd.Timeout == 0 {
		return defaultTimeout
	}
	return p.rd.Timeout
}

var (
	errEnded    = errors.New("the response has ended")
	errPanicked = errors.New("stream: panic")
)

// close ends the loads and waits for them. What is unfinished must not look
// finished then, even if a callback of the Trace does not return.
func (p *response) close() {
	defer p.finish()
	p.endLoads()
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

// patience is how long a response that has not been sent whole waits for loads
// to notice that it has ended. Its client, or who answers in its place, waits as
// long.
const patience = 100 * time.Millisecond

// endLoads ends the loads and waits for them. A load whose time has passed is
// left behind.
func (p *response) endLoads() {
	p.loads.end()
	if p.view == nil {
		return
	}
	if p.stay != nil {
		defer p.stay() // not before: it ends what is waited for here
	}
	p.unhook()
	p.end(errEnded)
	var last time.Time
	if p.result != nil {
		last = time.Now().Add(patience)
	}
	for p.loads.busy() {
		next := p.loads.overdue(time.Now(), p.deadline, last)
		if !p.loads.busy() {
			break
		}
		p.pause(next)
	}
	if !p.loads.idle() {
		// Most of what has run out of time has heard so and is about to return.
		runtime.Gosched()
		time.Sleep(time.Nanosecond)
	}
	if p.loads.idle() {
		_ = p.loads.group.Wait()
		return
	}
	if p.trace.Abandoned != nil {
		for _, b := range p.loads.leftBehind() {
			p.trace.Abandoned(p.ctx, b.info())
		}
	}
}

// pause returns when a load has returned, or at the time t if it is not zero.
func (p *response) pause(t time.Time) {
	var over <-chan time.Time
	if !t.IsZero() {
		timer := time.NewTimer(time.Until(t))
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-p.loads.wake:
	case <-over:
	}
}
