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

// wait waits for the next event of the loads. It returns an error if the client
// has left. Pages spend most of their time here, so wait and its callers keep
// little on the stack.
func (p *response) wait() error {
	if err := p.judge(); err != nil {
		return err
	}
	life := &p.loads.life
	select {
	case <-p.loads.wake:
	case <-life.ended:
		life.ended = life.view.Done()
		// The context also ends when the client leaves, and when Until is done.
		if life.scopes[timed].Err() == context.DeadlineExceeded {
			p.loads.expireTimed(context.Cause(life.scopes[timed]))
		}
	}
	p.loads.checkAbort()
	return p.gone()
}

// waitForChunks waits until a boundary has arrived, and yields so that others can
// arrive at the same moment. It looks before it waits: a boundary may have arrived
// while the response waited for another one, and its signal is used up then.
func (p *response) waitForChunks() error {
	for !p.loads.anyArrived() {
		if err := p.wait(); err != nil {
			return err
		}
	}
	p.loads.yield()
	return nil
}

// await waits until the load of b has ended, or its sequence has new pieces.
func (p *response) await(b *boundary) error {
	for !b.ready() {
		if err := p.wait(); err != nil {
			return err
		}
	}
	return nil
}

// gone returns an error if the client has left or the response has failed.
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

// hasLeft reports whether the client has left. request is the context of its
// request, which may also end because of a deadline.
func hasLeft(request context.Context) bool { return errors.Is(request.Err(), context.Canceled) }

// yield lets other goroutines run, so that loads that end at the same moment are
// sent together. First it waits until all loads have begun. The first Gosched lets
// all goroutines run that can. The second one is for loads that have yielded once
// themselves.
func (l *loads) yield() {
	l.rally(false)
	for range 2 {
		if !l.busy() {
			return
		}
		runtime.Gosched()
	}
	settle()
}

// giveWay lets other goroutines run if the response has rendered more than turnSize
// since turn, the bytes written by then. It returns the bytes with which the next turn
// begins. So on a busy server the shell of a page does not wait for all that other pages
// show later. Before its own shell has left, a response does not give way.
func (p *response) giveWay(turn int) int {
	if !p.out.committed || p.written()-turn < turnSize {
		return turn
	}
	runtime.Gosched()
	return p.written()
}

// turnSize is a number of bytes that are rendered in about ten microseconds.
const turnSize = 1 << 10

// settle makes tests repeatable: without it, the scheduler decides which of the
// loads that end at the same moment have ended when the response looks. Under
// testing/synctest, the shortest sleep ends when all other goroutines wait, so in
// every test a response sleeps for that long. In production and in benchmarks it
// does not sleep.
var settle = func() {
	if underTest() {
		time.Sleep(time.Nanosecond)
	}
}

var underTest = sync.OnceValue(func() bool {
	bench := flag.Lookup("test.bench")
	return bench != nil && bench.Value.String() == ""
})
