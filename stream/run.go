package stream

import (
	"context"
	"errors"

	"github.com/a-h/templ"
)

// A load is the slow work of a boundary: its Load, or its Pieces.
type load struct {
	ctx    placeContext
	state  templState // of ctx
	pieces *pieces    // nil unless it is a sequence
	result struct {   // of its goroutine, until that has returned
		view templ.Component
		err  error
	}

	// Guarded by loads.mu.
	phase     loadPhase
	abandoned bool        // settled by its timeout while it was loading
	untimed   func() bool // stops waiting for its own Timeout; nil without one
	unsettled links       // in loads.unsettled
	queue     links       // in loads.queue
}

type loadPhase uint8

const (
	queued loadPhase = iota
	loading
	returned
)

// run is the goroutine of a load. What it keeps on its stack counts for every
// load that a page waits for.
func (b *boundary) run() error {
	b.resp.loads.begun()
	b.load.result.err = errGoexit
	defer b.resp.loads.returned(b) // whatever a Trace does: a page would wait for it
	if t := b.resp.trace; t.Loading != nil || t.Loaded != nil {
		b.runTraced(t)
		return nil
	}
	defer b.recoverLoad()
	b.runLoad(&b.load.ctx)
	return nil
}

// runTraced runs the load of b in the context that t makes for it.
func (b *boundary) runTraced(t *Trace) {
	ctx := context.Context(&b.load.ctx)
	defer func() {
		if v := recover(); v != nil {
			b.load.result.err = newPanicError(v)
		}
		if t.Loaded != nil {
			err := b.load.result.err
			b.load.result.err = errGoexit // unless the Trace returns
			b.load.result.err = b.tellLoaded(ctx, err)
		}
	}()
	if t.Loading != nil {
		if c := t.Loading(ctx, b.info()); c != nil {
			ctx = c
		}
	}
	b.runLoad(ctx)
}

// runLoad runs the load or the sequence of b.
func (b *boundary) runLoad(ctx context.Context) {
	if b.Pieces != nil {
		b.load.result.err = b.iterate(ctx)
		return
	}
	b.load.result.view, b.load.result.err = b.Load(ctx)
	if b.load.result.err != nil {
		tryError(b.load.result.err)
	} else if b.load.result.view == nil {
		b.load.result.err = errNoView
	}
}

// recoverLoad is deferred, and makes a panic of the load its error.
func (b *boundary) recoverLoad() {
	if v := recover(); v != nil {
		b.load.result.err = newPanicError(v)
	}
}

// tellLoaded tells the Trace how the load has ended. A panic of it is the
// load's.
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
	errPieceFailed = errors.New("the view of a piece failed")
)

// reason returns the error of b, whose load has returned err. When its time
// has passed that is the reason, whatever the load makes of its context's end:
// whether the load or the clock is heard first is a matter of luck.
func (b *boundary) reason(err error) error {
	if b.load.ctx.Err() == context.DeadlineExceeded && !isAbort(err) {
		return context.Cause(&b.load.ctx)
	}
	return cause(&b.load.ctx, err)
}

// cause returns the reason why ctx has ended where err is only its echo.
func cause(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return context.Cause(ctx)
	}
	return err
}
