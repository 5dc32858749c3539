package stream

import (
	"context"

	"github.com/a-h/templ"
	"golang.org/x/sync/errgroup"

	"github.com/rivulet-go/rivulet/stream/internal/templstate"
)

// Go calls f at once in a goroutine of its own. It returns a function that waits
// for f. The response to which ctx belongs waits for f, too, so f may use what
// belongs to the request. Outside a response, only wait waits for f.
//
// The context of f has the values of ctx. It ends with ctx, with the response
// and at the deadline of the Renderer's Timeout. If f panics, wait returns a
// *PanicError. The Renderer's Limit does not count f, since a load may wait for
// it.
//
// The function wait may be called any number of times, by any goroutine. It
// returns the error of f. If the context of wait ends first, it returns the cause
// of that context. If Renderer.Until is done first, it returns ErrShutdown.
func Go(ctx context.Context, f func(context.Context) error) (wait func(context.Context) error) {
	t := newTask(ctx, ownerOf(ctx), f)
	t.origin.claim() // before there are more claims
	t.start(ctx, timed)
	return t.wait
}

// newTask makes a task for work that belongs to owner, which may be nil.
func newTask(ctx context.Context, owner *boundary, f func(context.Context) error) *task {
	t := &task{f: f, done: make(chan struct{})}
	t.origin.nonce = templ.GetNonce(ctx)
	if owner != nil && owner.resp != nil {
		t.origin.claims = owner.resp.origin.claims
	} else {
		t.origin.outer = ctx.Value(templstate.Key)
	}
	t.state.origin = &t.origin
	t.ctx = taskContext{Context: cancellation(ctx), values: ctx, owner: owner, state: &t.state}
	return t
}

// start starts t. The context of t also ends with its owner's scope of that kind.
func (t *task) start(ctx context.Context, kind scopeKind) {
	owner := t.ctx.owner
	switch {
	case ctx.Err() != nil:
		t.refuse(context.Cause(ctx))
	case owner == nil || owner.resp == nil:
		go t.run() // waited for by t.wait
	default:
		t.loads = &owner.resp.loads
		t.loads.addTask(t, owner, kind)
	}
}

// A task is the goroutine of a Go, or of a load in place.
type task struct {
	f      func(context.Context) error
	ctx    taskContext
	state  templState
	origin templOrigin
	loads  *loads // nil outside a response
	done   chan struct{}
	err    error // set before done is closed

	// Guarded by loads.mu.
	ended     bool
	abandoned bool // by abandonTask, not together with all tasks
}

// addTask starts t. The context of t also ends with owner's scope of that kind.
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
	if l.group == nil {
		l.group = new(errgroup.Group)
	}
	l.group.Go(t.run)
}

// refuse ends t, which has not been started, with err. If t.loads is not nil,
// loads.mu is held.
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

// taskDone is called when t has returned.
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

// wait returns the error of t, or the cause of ctx if ctx ends first. If
// Renderer.Until is done first, it returns ErrShutdown.
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
