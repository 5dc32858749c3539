package broker

import (
	"context"
	"time"
)

// A Mark is a place in a Store.
type Mark struct {
	Life   string // of the store
	Number uint64 // of the event at the place, or of the last before it
}

// unknownAfter is how long the Store may take to say where it is. Pages wait for
// that, and can do without.
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

// learn remembers that the store has a mark. It may be called under any lock.
func (b *Broker) learn(m Mark) {
	b.knownMu.Lock()
	defer b.knownMu.Unlock()
	if b.known.Life != m.Life || b.known.Number < m.Number {
		b.known = m
	}
}

// knows reports whether the store is known to have got as far as the mark.
func (b *Broker) knows(m Mark) bool {
	b.knownMu.Lock()
	defer b.knownMu.Unlock()
	return b.known.Life == m.Life && b.known.Number >= m.Number
}

// locate returns the id that who comes with after begins at. Without one that is
// what its feed has got to, if it is up to date, or what the store says; if the store
// does not say, there is none, and where the subscription begins is a gap. An id
// of the future is asked for, since it may be that of a process that is ahead.
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
		_, _ = b.last(ctx) // without an answer the id is judged when the store is back
	}
	return after
}
