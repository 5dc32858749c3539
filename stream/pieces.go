package stream

import (
	"context"
	"sync/atomic"

	"github.com/a-h/templ"
)

// A sequence that is ahead of its client by one of these limits waits.
const (
	maxPieces = 256      // pieces in the queue
	maxText   = 32 << 10 // bytes of Text in the queue
)

// pieces is the queue between a sequence, which runs in the goroutine of its
// load, and the goroutine of the response.
type pieces struct {
	cancel context.CancelCauseFunc // ends the context of the load
	room   chan struct{}           // capacity 1; lets a paused sequence go on
	some   atomic.Bool             // the queue is not empty

	// Guarded by resp.loads.mu.
	queue  []templ.Component
	text   int  // bytes of Text in queue
	paused bool // the sequence waits for room
}

// add adds c to the queue. resp.loads.mu is held.
func (q *pieces) add(c templ.Component) {
	q.queue = append(q.queue, c)
	if t, ok := c.(Text); ok {
		q.text += len(t)
	}
	q.some.Store(true)
}

// full reports whether the sequence has to wait. It is called before a piece is
// added, so a piece of any size is sent. resp.loads.mu is held.
func (q *pieces) full() bool { return len(q.queue) >= maxPieces || q.text >= maxText }

// ready reports whether content of b can be shown: all of it, or some pieces.
func (b *boundary) ready() bool { return b.hasCome() || b.hasAhead() }

// hasCome reports whether there is content of b that can be rendered.
func (b *boundary) hasCome() bool {
	q := b.pieces()
	return b.load.settled.Load() || q != nil && q.some.Load()
}

// iterate is the load of a sequence. It offers each piece to the response.
func (b *boundary) iterate(ctx context.Context) error {
	return b.each(ctx, func(c templ.Component) error { return b.resp.loads.offer(b, c) })
}

// each calls take with each piece of b's sequence until the sequence or take
// returns an error. If ctx has ended, each returns its cause even if the sequence
// yields no error, since the sequence may be incomplete.
func (b *boundary) each(ctx context.Context, take func(templ.Component) error) error {
	for c, err := range b.rare.sequence(ctx) {
		if err != nil {
			tryError(err)
			return err
		}
		if c == nil {
			return errNoPiece
		}
		if err := take(c); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// offer queues c, a piece of b, as soon as there is room for it. It returns an
// error if b has ended.
func (l *loads) offer(b *boundary, c templ.Component) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	q := b.pieces()
	if q.full() && !b.load.settled.Load() {
		l.pause(b)
	}
	switch {
	case b.load.scope.Err() != nil:
		return context.Cause(b.load.scope)
	case b.load.settled.Load() || l.ended:
		return errClosed
	}
	q.add(c)
	l.result = true
	l.release(b)
	l.announce(b)
	return nil
}

// pause waits until there is room in the queue of b or the context of its load
// has ended. Meanwhile the limit does not count the sequence, since the response may
// be waiting for a load in the queue. mu is held, except while pause waits.
func (l *loads) pause(b *boundary) {
	q := b.pieces()
	q.paused = true
	l.paused++
	l.startQueued()
	l.mu.Unlock()
	select {
	case <-q.room:
	case <-b.load.scope.Done():
	}
	l.mu.Lock()
	l.resume(b)
}

// resume lets the sequence of b go on if it is paused; the limit counts it again. mu is held.
func (l *loads) resume(b *boundary) {
	q := b.pieces()
	if q == nil || !q.paused {
		return
	}
	q.paused = false
	l.paused--
	l.queue.remove(b)
	q.room <- struct{}{}
}

// takePieces returns the pieces of b that have come since the last call, and
// whether they are the last ones.
func (l *loads) takePieces(b *boundary) (queue []templ.Component, over bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	q := b.pieces()
	queue = q.queue
	q.queue, q.text = nil, 0
	q.some.Store(false)
	if q.paused && len(queue) > 0 {
		l.queue.add(b)
		l.startQueued()
	}
	return queue, b.load.settled.Load()
}

// stop ends the sequence of b, since the view of a piece has failed with err.
func (l *loads) stop(b *boundary, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.settle(b, nil, err)
	b.closeSubtree()
	q := b.pieces()
	q.queue = nil
	q.some.Store(false)
	q.cancel(errPieceFailed)
}
