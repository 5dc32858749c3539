package stream

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"runtime"
	"sync"
	"time"
)

// wait returns when something has happened to the loads. Its error is that of
// a client that has left. Pages spend their time here, so what it and those
// that call it keep on the stack is what a waiting page costs.
func (p *response) wait() error {
	life := &p.loads.life
	select {
	case <-p.loads.wake:
	case <-life.expired:
		life.expired = nil
		// It ends with the client, too.
		if life.scopes[timed].Err() == context.DeadlineExceeded {
			p.loads.expireTimed(context.Cause(life.scopes[timed]))
		}
	}
	p.loads.checkAbort()
	return p.gone()
}

// waitForChunks waits until a boundary has arrived, and lets those arrive that do so
// at the same moment. One that has arrived while the response waited for another
// has woken it already.
func (p *response) waitForChunks() error {
	for !p.loads.anyArrived() {
		if err := p.wait(); err != nil {
			return err
		}
	}
	p.loads.yield()
	return nil
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

// gone returns the error of a client that has left or that could not be
// written to, or nil.
func (p *response) gone() error {
	if p.err != nil {
		return p.err
	}
	if !hasLeft(p.ctx) && !p.loads.canceled() {
		return nil
	}
	if err := p.ctx.Err(); err != nil && !errors.Is(context.Cause(p.ctx), err) {
		return fmt.Errorf("stream: %w: %w", err, context.Cause(p.ctx))
	}
	return fmt.Errorf("stream: %w", context.Cause(p.ctx))
}

// hasLeft reports whether the client has left whose request has that context. A
// deadline is no such thing.
func hasLeft(request context.Context) bool { return errors.Is(request.Err(), context.Canceled) }

// yield lets loads that end at this moment end, so that what ends together is
// sent together and what needs no time stands in place. A load that has not had
// its first turn is waited for: on a busy machine another thread may have taken
// it and not run it yet, and a goroutine that waits lets this thread take it
// back. Gosched goes behind all that can run now; the second time, behind loads
// that have yielded once themselves.
func (l *loads) yield() {
	for l.starting.Load() > 0 {
		<-l.wake
	}
	for range 2 {
		if !l.busy() {
			return
		}
		runtime.Gosched()
	}
	settle()
}

// settle makes what ends at one moment the same in every run of a test. How
// many loads have ended when the response looks is up to the scheduler, on which
// no test should depend. Under testing/synctest the shortest sleep ends when all
// else waits, so in the tests of a program, ours and others', a response sleeps
// for that long. It does not in production, nor in benchmarks.
var settle = func() {
	if underTest() {
		time.Sleep(time.Nanosecond)
	}
}

var underTest = sync.OnceValue(func() bool {
	bench := flag.Lookup("test.bench")
	return bench != nil && bench.Value.String() == ""
})
