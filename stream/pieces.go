package stream

import (
	"context"
	"sync/atomic"

	"github.com/a-h/templ"
)

// What a sequence may be ahead of its client: so many pieces, or so many bytes
// of Text, whichever is reached first.
const (
	maxPieces = 256
	maxText   = 32 << 10
)

// pieces is the queue between a sequence, which runs in the goroutine of its
// load, and the goroutine of the response.
type pieces struct {
	end  context.CancelCauseFunc // of the context of the load
	room chan struct{}           // capacity 1: the sequence that waits may go on
	some atomic.Bool             // the queue is not empty

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

// full is only asked for before a piece is added, so that one of any size is
// sent. resp.loads.mu is held.
func (q *pieces) full() bool { return len(q.queue) >= maxPieces || q.text >= maxText }

// ready reports whether there is something to be shown of b: all of it, or some
// pieces.
func (b *boundary) ready() bool {
	return b.settled.Load() || b.ahead != nil || b.load.pieces != nil && b.load.pieces.some.Load()
}

// iterate is the load of a sequence.
func (b *boundary) iterate(ctx context.Context) error {
	return b.each(ctx, func(c templ.Component) error { return b.resp.loads.offer(b, c) })
}

// each calls take with the pieces of b's sequence, until that or take returns
// an error. A sequence that its context has ended was cut, whatever it says.
func (b *boundary) each(ctx context.Context, take func(templ.Component) error) error {
	for c, err := range b.Pieces(ctx) {
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

// offer queues c, a piece of b, once there is room for it. Its error says why b
// has ended.
func (l *loads) offer(b *boundary, c templ.Component) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b.load.pieces.full() && !b.settled.Load() {
		l.pause(b)
	}
	switch {
	case b.load.ctx.Err() != nil:
		return context.Cause(&b.load.ctx)
	case b.settled.Load() || l.ended:
		return errClosed
	}
	b.load.pieces.add(c)
	l.announce(b)
	return nil
}

// pause waits until there is room in the queue of b, or its context has ended.
// The sequence leaves its slot meanwhile: the response may be waiting for a
// load that needs one. mu is held, and is not while it waits.
func (l *loads) pause(b *boundary) {
	b.load.pieces.paused = true
	l.paused++
	l.startQueued()
	l.mu.Unlock()
	select {
	case <-b.load.pieces.room:
	case <-b.load.ctx.Done():
	}
	l.mu.Lock()
	l.resume(b)
}

// resume lets b, if it is paused, go on in a slot. mu is held.
func (l *loads) resume(b *boundary) {
	if b.load.pieces == nil || !b.load.pieces.paused {
		return
	}
	b.load.pieces.paused = false
	l.paused--
	l.queue.remove(b)
	b.load.pieces.room <- struct{}{}
}

// takePieces returns the pieces of b that have come since it was last called,
// and whether they are the last ones.
func (l *loads) takePieces(b *boundary) (queue []templ.Component, over bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	q := b.load.pieces
	queue = q.queue
	q.queue, q.text = nil, 0
	q.some.Store(false)
	if q.paused && len(queue) > 0 {
		l.queue.add(b)
		l.startQueued()
	}
	return queue, b.settled.Load()
}

// stop ends the sequence of b, since a view of it has failed with err.
func (l *loads) stop(b *boundary, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.settle(b, nil, err)
	b.closeSubtree()
	b.load.pieces.queue = nil
	b.load.pieces.some.Store(false)
	b.load.pieces.end(errPieceFailed)
}
