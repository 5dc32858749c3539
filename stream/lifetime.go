package stream

import (
	"context"
	"time"

	"github.com/rivulet-go/rivulet/stream/internal/templstate"
)

const defaultTimeout = 30 * time.Second

// A lifetime holds the contexts that end what a response has started, and the
// instants at which they end.
type lifetime struct {
	start   time.Time       // timeout counts from it
	timeout time.Duration   // of all boundaries without one of their own; zero or less: none
	until   context.Context // Renderer.Until; may be nil

	// Made by open. Guarded by loads.mu until then.
	view     context.Context // views end with it: with the client or the response
	cancel   context.CancelCauseFunc
	unhook   func() bool             // from the request's context
	scopes   [2]context.Context      // loads end with them, by scopeKind
	stop     context.CancelCauseFunc // of scopes; nil without an until, as is stay
	stay     func() bool             // unhooks from until
	deadline time.Time               // of scopes[timed]; zero: none
	limit    time.Time               // of the request; zero: none

	expired <-chan struct{} // closed at the deadline; nil when that has been dealt with
	latest  time.Time       // when the last Timeout of a boundary's own ends; guarded by loads.mu
}

// newLifetime returns the lifetime of a response of rd that starts now.
func newLifetime(rd *Renderer) lifetime {
	l := lifetime{start: time.Now(), timeout: rd.Timeout, until: rd.Until}
	if l.timeout == 0 {
		l.timeout = defaultTimeout
	}
	return l
}

// isOpen reports whether open was called. loads.mu is held.
func (l *lifetime) isOpen() bool { return l.view != nil }

// open makes the contexts for the answer to request. When the client leaves, the
// views have ended and left is called; shutDown is called when until is done.
//
// The deadline of a request fails its loads. Views and error views are rendered
// all the same, so that the page ends properly.
func (l *lifetime) open(request context.Context, left, shutDown func()) {
	l.view, l.cancel = context.WithCancelCause(context.Background())
	l.unhook = context.AfterFunc(request, func() {
		if hasLeft(request) {
			l.cancel(context.Cause(request))
			left()
		}
	})
	l.makeScopes(request)
	l.expired = l.scopes[timed].Done()
	if l.until != nil {
		l.stay = context.AfterFunc(l.until, shutDown)
	}
}

// makeScopes makes what loads end with: the view, the deadline of the request
// and that of the Renderer's Timeout.
func (l *lifetime) makeScopes(request context.Context) {
	l.scopes[untimed] = l.view
	limit, limited := request.Deadline()
	if limited {
		l.limit = limit
		l.scopes[untimed] = l.underDeadline(request)
	}
	if l.until != nil {
		l.scopes[untimed], l.stop = context.WithCancelCause(l.scopes[untimed])
	}
	l.deadline = l.limit
	l.scopes[timed] = l.scopes[untimed]
	if l.timeout > 0 {
		var cancel context.CancelFunc
		l.deadline = l.start.Add(l.timeout)
		l.scopes[timed], cancel = context.WithDeadlineCause(l.scopes[untimed], l.deadline, &timeoutError{l.timeout})
		_ = cancel // it ends with view
		if limited && limit.Before(l.deadline) {
			l.deadline = limit
		}
	}
}

// underDeadline returns a context that ends with view and with the deadline of
// request, for the reason that request gives.
func (l *lifetime) underDeadline(request context.Context) context.Context {
	std, _ := request.Value(cancelKey).(context.Context)
	if std == nil || std.Done() != request.Done() {
		// A context that is not of package context has no cause.
		ctx, cancel := context.WithDeadline(l.view, l.limit)
		_ = cancel // it ends with view
		return ctx
	}
	ctx, cancel := context.WithCancelCause(&requestEnd{request, std})
	cancelView := l.cancel
	l.cancel = func(cause error) {
		cancelView(cause)
		cancel(cause)
	}
	return ctx
}

// last returns the instant at which the last load of all ends or fails, or zero
// if none must. loads.mu is held.
func (l *lifetime) last() time.Time {
	switch {
	case l.deadline.IsZero() || !l.latest.After(l.deadline):
		return l.deadline
	case !l.limit.IsZero() && l.limit.Before(l.latest):
		return l.limit
	}
	return l.latest
}

// shutDown returns a channel that is closed when until is done.
func (l *lifetime) shutDown() <-chan struct{} {
	if l.until == nil {
		return nil
	}
	return l.until.Done()
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
