package stream

import (
	"context"
	"errors"
)

// run is the goroutine of a load. What it keeps on its stack counts for every
// load that a page waits for.
func (b *boundary) run() error {
	b.resp.loads.begun()
	b.result.err = errGoexit
	defer b.resp.loads.returned(b) // whatever a Trace does: a page would wait for it
	if t := b.resp.trace; t.Loading != nil || t.Loaded != nil {
		b.runTraced(t)
		return nil
	}
	defer b.recoverLoad()
	b.runLoad(&b.load)
	return nil
}

// runTraced runs the load of b in the context that t makes for it.
func (b *boundary) runTraced(t *Trace) {
	ctx := context.Context(&b.load)
	defer func() {
		if v := recover(); v != nil {
			b.result.err = newPanicError(v)
		}
		if t.Loaded != nil {
			err := b.result.err
			b.result.err = errGoexit // unless the Trace returns
			b.result.err = b.tellLoaded(ctx, err)
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
		b.result.err = b.iterate(ctx)
		return
	}
	b.result.view, b.result.err = b.Load(ctx)
	if b.result.err != nil {
		tryError(b.result.err)
	} else if b.result.view == nil {
		b.result.err = errNoView
	}
}

// recoverLoad is deferred, and makes a panic of the load its error.
func (b *boundary) recoverLoad() {
	if v := recover(); v != nil {
		b.result.err = newPanicError(v)
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
	errGoexit = errors.New("the load ended its goroutine with runtime.Goexit")
	errNoView = errors.New("the load returned neither a view nor an error")

	errNoPiece     = errors.New("the sequence yielded neither a view nor an error")
	errPieceFailed = errors.New("the view of a piece failed")
)

// reason returns the error of b, whose load has returned err. When its time
// has passed that is the reason, whatever the load makes of its context's end:
// whether the load or the clock is heard first is a matter of luck.
func (b *boundary) reason(err error) error {
	if b.load.Err() == context.DeadlineExceeded && !isAbort(err) {
		return context.Cause(&b.load)
	}
	return cause(&b.load, err)
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
