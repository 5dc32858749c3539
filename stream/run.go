package stream

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/a-h/templ"
)

// A load is the slow work of a boundary: its Load, or its Pieces.
type load struct {
	scope   context.Context            // ends the load; constant
	state   atomic.Pointer[templState] // the templ state of the load; nil until it is needed
	settled atomic.Bool                // the content and the error of the boundary are known

	// Guarded by loads.mu.
	phase     loadPhase
	abandoned bool             // not waited for, although it was loading
	holding   bool             // the first byte waits for it
	forgotten bool             // the content has been rendered for the last time: see forget
	links     [listKinds]links // the neighbours in each kind of list
	arrived   *boundary        // the next one in loads.arrived
}

// A result is what a load has returned.
type result struct {
	view templ.Component
	err  error
}

type loadPhase uint8

const (
	queued   loadPhase = iota // in loads.queue, unless it is settled or not added yet
	starting                  // in loads.starting, unless it is settled
	loading
	returned
)

// returned records r as the result of b's load. It is deferred, so that it is also
// called if the load panics or ends the goroutine.
func (b *boundary) returned(r *result) {
	if v := recover(); v != nil {
		r.err = newPanicError(v)
	}
	b.resp.loads.returned(b, r)
}

// runTraced runs the load of b in the context that t.Loading returns for it, and
// calls t.Loaded.
func (b *boundary) runTraced(t *Trace, r *result) {
	ctx := context.Context((*loadContext)(b))
	defer func() {
		if v := recover(); v != nil {
			r.err = newPanicError(v)
		}
		if t.Loaded != nil {
			err := r.err
			r.err = errGoexit // stays if the Trace ends the goroutine
			r.err = b.tellLoaded(ctx, err)
		}
	}()
	if t.Loading != nil {
		if c := t.Loading(ctx, b.info()); c != nil {
			ctx = c
		}
	}
	b.runLoad(ctx, r)
}

// runLoad runs the load or the sequence of b.
func (b *boundary) runLoad(ctx context.Context, r *result) {
	if b.isSequence() {
		r.err = b.iterate(ctx)
		return
	}
	r.view, r.err = b.Load(ctx)
	r.check()
}

// check looks at what a Load has returned.
func (r *result) check() {
	if r.err != nil {
		tryError(r.err)
	} else if r.view == nil {
		r.err = errNoView
	}
}

// tellLoaded calls Trace.Loaded and returns err. If Loaded panics, it returns the
// panic as an error of the load.
func (b *boundary) tellLoaded(ctx context.Context, err error) error {
	told := safely(func() error {
		b.resp.trace.Loaded(ctx, b.info(), err)
		return nil
	})
	if told != nil {
		return told
	}
	return err
}

var (
	errGoexit = errors.New("goroutine ended by runtime.Goexit")
	errNoView = errors.New("neither a view nor an error from the load")

	errNoPiece     = errors.New("neither a piece nor an error from the sequence")
	errPieceFailed = errors.New("failure of the view of a piece")
)

// reason returns the error of b, whose load has returned err. If the time of b has
// passed, the error is the timeout, whatever the load has returned: chance decides
// whether the load or the timer is noticed first.
func (b *boundary) reason(err error) error {
	if b.load.scope.Err() == context.DeadlineExceeded && !isAbort(err) {
		return context.Cause(b.load.scope)
	}
	return cause(b.load.scope, err)
}

// cause returns the cause of ctx if err only reports that ctx has ended. Otherwise
// it returns err.
func cause(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return context.Cause(ctx)
	}
	return err
}
