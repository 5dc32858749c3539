package broker

import (
	"context"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// unavailableAfter is how long the Store may take to add an event, and to tell of
// what has been added when Shutdown waits for it.
const unavailableAfter = 5 * time.Second

// appendToStore is Publish with a Store.
func (t Topic) appendToStore(ctx context.Context, e sse.Event) (id string, err error) {
	b := t.b
	longest := e
	longest.ID = makeID(epoch("", t.name), ^uint64(0))
	encoded, err := longest.Encode()
	if err != nil {
		return "", err
	}
	if encoded.Len() > b.retention().Bytes {
		return "", ErrTooLarge
	}
	awaited := b.beginAppend()
	ctx, cancel := patient(ctx)
	defer cancel()
	m, err := b.Store.Append(ctx, t.name, e)
	b.endAppend(t.name, m, err, awaited)
	if err != nil {
		return "", err
	}
	return makeID(epoch(m.Life, t.name), m.Number), nil
}

// beginAppend keeps Shutdown waiting, or reports false after it: a handler may
// have a change to tell of then, which the Store keeps for whoever comes back.
func (b *Broker) beginAppend() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed.Load() {
		return false
	}
	b.appending++
	return true
}

// endAppend notes what has come of an append.
func (b *Broker) endAppend(name string, m Mark, err error, awaited bool) {
	if err == nil {
		b.learn(m)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil {
		b.counts.published++
		if f := b.feeds[name]; f != nil {
			f.expect(m)
		}
	}
	if !awaited {
		return
	}
	if b.appending--; b.appending == 0 && b.closed.Load() {
		close(b.appended)
	}
}

// patient returns a context for Store.Append that has the deadline and the values
// of ctx but does not end when ctx is cancelled: see Publish.
func patient(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok || time.Until(deadline) <= 0 {
		deadline = time.Now().Add(unavailableAfter)
	}
	return context.WithDeadlineCause(context.WithoutCancel(ctx), deadline, ErrUnavailable)
}
