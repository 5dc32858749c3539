package broker

import (
	"context"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// unavailableAfter limits the wait for a Store: for an append without a deadline,
// and for Shutdown until subscribers have the last events.
const unavailableAfter = 5 * time.Second

// appendToStore is Publish for a broker with a Store.
func (t Topic) appendToStore(ctx context.Context, e sse.Event) (id string, err error) {
	b := t.b
	longest := e
	longest.ID = makeID(epoch("", t.name), ^uint64(0))
	encoded, err := longest.Encode()
	if err != nil {
		return "", err
	}
	if encoded.Len() > b.retention().Bytes && e.Name != endName {
		return "", ErrTooLarge
	}
	awaited := b.beginAppend()
	ctx, cancel := patient(ctx)
	defer cancel()
	var m Mark
	if e.Name == endName {
		m, err = b.Store.End(ctx, t.name)
	} else {
		m, err = b.Store.Append(ctx, t.name, e)
	}
	b.endAppend(t.name, m, err, awaited)
	if err != nil {
		return "", err
	}
	return makeID(epoch(m.Life, t.name), m.Number), nil
}

// beginAppend makes Shutdown wait for an append. After Shutdown it reports false:
// a handler may still publish, but nothing waits for the event. The Store keeps
// it for clients that reconnect.
func (b *Broker) beginAppend() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed.Load() {
		return false
	}
	b.appending++
	return true
}

// endAppend records the outcome of an append. awaited is the result of
// beginAppend.
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

// patient returns the context of Store.Append. It has the values and the deadline
// of ctx, but does not end when ctx is cancelled: see Publish. A deadline that is
// missing or has passed is replaced by unavailableAfter.
func patient(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok || time.Until(deadline) <= 0 {
		deadline = time.Now().Add(unavailableAfter)
	}
	return context.WithDeadlineCause(context.WithoutCancel(ctx), deadline, ErrUnavailable)
}

// bounded returns the context of a call of the Store that the broker makes for itself.
func bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, unavailableAfter, ErrUnavailable)
}
