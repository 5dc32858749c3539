package stream

import (
	"context"
	"time"

	"github.com/rivulet-go/rivulet/stream/internal/templstate"
)

const defaultTimeout = 30 * time.Second

// A lifetime holds the contexts of a response's views and loads, and the instants
// at which they end.
type lifetime struct {
	start   time.Time       // timeout counts from it
	timeout time.Duration   // of boundaries without a Timeout of their own; zero or less means none
	until   context.Context // Renderer.Until; may be nil

	// Made by open. Guarded by loads.mu until then.
	view     context.Context         // of views; ends when the client leaves or the response ends
	cancel   context.CancelCauseFunc // ends view
	unhook   func() bool             // detaches view from a request that may have a deadline; otherwise nil
	scopes   [2]context.Context      // of loads, by scopeKind
	stop     context.CancelCauseFunc // ends scopes; nil if until is nil
	stay     func() bool             // detaches the response from until; nil if until is nil
	deadline time.Time               // of scopes[timed]; zero means none

	ended  <-chan struct{} // Done of scopes[timed]; once that has ended, Done of view
	latest time.Time       // the last end of a boundary's own Timeout; guarded by loads.mu
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

// open makes the contexts for the answer to a request with the context request.
// When the client leaves, view ends. When until is done, shutDown is called.
//
// At the deadline of the request its loads fail. Views and error views are still
// rendered, so that the page ends properly. So view is not derived from a request
// that may have a deadline. When the client of such a request leaves, left is
// called.
func (l *lifetime) open(request context.Context, left, shutDown func()) {
	timeless := isTimeless(request)
	base := request
	if !timeless {
		base = context.Background()
	}
	l.view, l.cancel = context.WithCancelCause(base)
	l.makeScopes(request)
	l.ended = l.scopes[timed].Done()
	if !timeless {
		l.unhook = context.AfterFunc(request, func() {
			if hasLeft(request) {
				l.cancel(context.Cause(request))
				left()
			}
		})
	}
	if l.until != nil {
		l.stay = context.AfterFunc(l.until, shutDown)
	}
}

// isTimeless reports whether ctx cannot end because of a deadline. Of contexts that
// are not made by package context, that is not known.
func isTimeless(ctx context.Context) bool {
	if _, limited := ctx.Deadline(); limited {
		return false
	}
	std, _ := ctx.Value(cancelKey).(context.Context)
	return ctx.Done() == nil || std != nil && std.Done() == ctx.Done()
}

// makeScopes makes the contexts of loads. Both end with view and at the deadline
// of the request. The timed one also ends at the deadline of the Renderer's
// Timeout.
func (l *lifetime) makeScopes(request context.Context) {
	l.scopes[untimed] = l.view
	limit, limited := request.Deadline() // zero without one
	if limited {
		l.scopes[untimed] = l.underDeadline(request)
	}
	if l.until != nil {
		l.scopes[untimed], l.stop = context.WithCancelCause(l.scopes[untimed])
	}
	l.deadline = limit
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

// underDeadline returns a context that ends with view and at the deadline of
// request, with the cause of request.
func (l *lifetime) underDeadline(request context.Context) context.Context {
	std, _ := request.Value(cancelKey).(context.Context)
	if std == nil || std.Done() != request.Done() {
		// request is not a context of package context, so it has no cause.
		limit, _ := request.Deadline()
		ctx, cancel := context.WithDeadline(l.view, limit)
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

// last returns the instant by which all loads have ended or failed, or zero if
// there is none. loads.mu is held.
func (l *lifetime) last(request context.Context) time.Time {
	if l.deadline.IsZero() || !l.latest.After(l.deadline) {
		return l.deadline
	}
	if limit, limited := request.Deadline(); limited && limit.Before(l.latest) {
		return limit
	}
	return l.latest
}

// shutDown returns a channel that is closed when until is done. It is nil if
// until is nil.
func (l *lifetime) shutDown() <-chan struct{} {
	if l.until == nil {
		return nil
	}
	return l.until.Done()
}

// cancelKey is the key by which package context finds its own context beneath
// another.
var cancelKey = templstate.KeyAskedBy(func(ctx context.Context) { _ = context.Cause(endedContext{ctx}) })

// An endedContext is a context that has ended, so that context.Cause looks up
// cancelKey.
type endedContext struct{ context.Context }

func (endedContext) Err() error { return context.Canceled }

// A requestEnd is a context that ends with the context of a request, with its
// cause, but without its values. Loads have the values of the place where their
// boundary was met.
type requestEnd struct {
	context.Context                 // the request's
	std             context.Context // the context of package context beneath it
}

func (c *requestEnd) Done() <-chan struct{} { return c.std.Done() }
func (c *requestEnd) Err() error            { return c.std.Err() }

func (c *requestEnd) Value(key any) any {
	if key == cancelKey {
		return c.std
	}
	return nil
}
