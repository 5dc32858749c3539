package stream

import (
	"context"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream/internal/templstate"
)

// Go calls f at once in a goroutine of its own and returns a function that
// waits for it. The response to which ctx belongs waits for f, too, so f may
// use what belongs to the request; outside a response only wait does.
//
// The context of f has the values of ctx. It ends with ctx, with the response
// and at the deadline of the Renderer's Timeout. A panic of f is returned by
// wait as a *PanicError. The Limit does not count f, since a load may wait for
// it.
//
// The function wait may be called any number of times and at the same time. It
// returns what f returned, or the cause of its own context's end if that comes
// first.
func Go(ctx context.Context, f func(context.Context) error) (wait func(context.Context) error) {
	return start(ctx, ownerOf(ctx), timed, f).wait
}

// start is Go for what happens on behalf of owner, which may be nil, and ends
// with that scope of it.
func start(ctx context.Context, owner *boundary, kind scopeKind, f func(context.Context) error) *task {
	t := &task{f: f, done: make(chan struct{})}
	t.origin.nonce = templ.GetNonce(ctx)
	if owner != nil && owner.resp != nil {
		t.origin.claims = owner.resp.origin.claims
	} else {
		t.origin.claims = templstate.Of(ctx.Value(templstate.Key), nil)
	}
	t.state.origin = &t.origin
	t.ctx = placeContext{Context: ctx, values: ctx, owner: owner, state: &t.state}
	switch {
	case ctx.Err() != nil:
		t.refuse(context.Cause(ctx))
	case owner == nil || owner.resp == nil:
		go t.run() // waited for by t.wait
	default:
		t.loads = &owner.resp.loads
		t.loads.addTask(t, owner, kind)
	}
	return t
}

// A task is the goroutine of a Go, or of a load in place.
type task struct {
	f      func(context.Context) error
	ctx    placeContext
	state  templState
	origin templOrigin
	loads  *loads // nil outside a response
	done   chan struct{}
	err    error // once done is closed

	// Guarded by loads.mu.
	ended     bool
	abandoned bool // by itself, not together with all tasks
}

// addTask starts t, to end at the latest when what owner places would.
func (l *loads) addTask(t *task, owner *boundary, kind scopeKind) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		t.refuse(errEnded)
		return
	}
	l.open(owner.resp.ctx)
	scope := owner.scope(kind)
	if scope.Err() != nil {
		t.refuse(context.Cause(scope))
		return
	}
	ctx, cancel := context.WithCancelCause(t.ctx.Context)
	context.AfterFunc(scope, func() { cancel(context.Cause(scope)) })
	t.ctx.Context = ctx
	l.started.Add(1)
	l.tasks++
	l.group.Go(t.run)
}

// refuse ends t, which has not been started. loads.mu is held if there is one.
func (t *task) refuse(err error) {
	t.ended = true
	t.err = err
	close(t.done)
}

// run is the goroutine of t.
func (t *task) run() error {
	t.err = errGoexit
	defer func() {
		t.err = cause(&t.ctx, t.err)
		if t.loads != nil {
			t.loads.taskDone(t)
		}
		close(t.done)
	}()
	t.err = safely(func() error { return t.f(&t.ctx) })
	return nil
}

// taskDone is called when t has ended.
func (l *loads) taskDone(t *task) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t.ended = true
	if l.noTasks || t.abandoned {
		l.abandoned--
		return
	}
	l.tasks--
	l.signal()
}

// wait returns how t has ended, or why ctx has if that comes first.
func (t *task) wait(ctx context.Context) error {
	select {
	case <-t.done:
		return t.err
	default:
	}
	var until <-chan struct{}
	if t.loads != nil {
		until = t.loads.life.shutDown()
	}
	select {
	case <-t.done:
		return t.err
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-until:
		return ErrShutdown
	}
}
