package broker

import (
	"context"
	"time"
)

// A Mark is a position in a Store.
type Mark struct {
	Life   string // the life of the Store
	Number uint64 // the number of the last event up to this position
}

// unknownAfter limits the wait for the last mark of the Store. A page waits for
// its position, and can be shown without one.
const unknownAfter = 2 * time.Second

// last asks the Store for its last mark.
func (b *Broker) last(ctx context.Context) (Mark, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, unknownAfter, ErrUnavailable)
	defer cancel()
	m, err := b.Store.Last(ctx)
	if err == nil {
		b.learn(m)
	}
	return m, err
}

// learn records a mark that the Store has. It may be called with any lock held.
func (b *Broker) learn(m Mark) {
	b.knownMu.Lock()
	defer b.knownMu.Unlock()
	if b.known.Life != m.Life || b.known.Number < m.Number {
		b.known = m
	}
}

// knows reports whether the Store is known to have reached the mark.
func (b *Broker) knows(m Mark) bool {
	b.knownMu.Lock()
	defer b.knownMu.Unlock()
	return b.known.Life == m.Life && b.known.Number >= m.Number
}

// locate returns the id after which a subscription begins. A client without an id
// begins at the current end of its topic: the end of the feed if that is up to
// date, otherwise the end of the Store. If the Store does not answer, the id is
// empty and the subscription begins with a gap. An id with an unknown number
// makes locate ask the Store, since the id may be of a process that is ahead.
func (b *Broker) locate(ctx context.Context, name, after string) string {
	b.mu.Lock()
	f := b.feeds[name]
	b.mu.Unlock()
	if after == "" && f != nil {
		after = f.place()
	}
	if after == "" {
		if m, err := b.last(ctx); err == nil {
			after = makeID(epoch(m.Life, name), m.Number)
		}
		return after
	}
	b.knownMu.Lock()
	life := b.known.Life
	b.knownMu.Unlock()
	if number, ok := parseID(after, epoch(life, name)); life == "" || ok && !b.knows(Mark{life, number}) {
		_, _ = b.last(ctx) // without an answer the id is checked when the Store is back
	}
	return after
}
