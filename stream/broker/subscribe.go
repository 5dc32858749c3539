package broker

import (
	"context"
	"errors"
	"iter"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// Subscribe returns the events of the topic for use in the same process: those
// after the event with that id, or, if it is empty, those that are published
// after Subscribe has been called. The subscription itself begins and ends with
// the iteration, and each iteration begins at the same position. Events are as a
// client receives them, see sse.Encoded.Event.
//
// ErrGap comes before the first event, and later if this process has lost events
// of a Store; the iteration can go on. Any other error is the last: ErrTopic, ErrTopics, ErrSlow, ErrClosed, or the cause of
// ctx. Limits and Broker.Disconnect are for clients only.
func (t Topic) Subscribe(ctx context.Context, after string) iter.Seq2[sse.Event, error] {
	if after == "" {
		after, _ = t.Position(ctx) // its error is that of the iteration, too
	}
	return func(yield func(sse.Event, error) bool) {
		if err := t.iterate(ctx, after, yield); err != nil {
			yield(sse.Event{}, err)
		}
	}
}

// iterate returns nil when the consumer has enough.
func (t Topic) iterate(ctx context.Context, after string, yield func(sse.Event, error) bool) error {
	t.b.init()
	if !goodName(t.name) {
		return ErrTopic
	}
	s := &subscriber{local: true}
	if t.b.Store != nil {
		after = t.b.locate(ctx, t.name, after)
	}
	if err := t.b.subscribe(s, t.name, after, 0); err != nil {
		return err
	}
	defer t.b.unsubscribe(s)
	var one [1]sse.Encoded
	for last := false; ; {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		events, ready, err := s.take(one[:0], 0)
		if errors.Is(err, ErrGap) {
			if !yield(sse.Event{}, ErrGap) {
				return nil
			}
			continue
		}
		if err != nil {
			return err
		}
		if ready == nil {
			if !yield(events[0].Event(), nil) {
				return nil
			}
			continue
		}
		if last {
			return ErrClosed
		}
		select {
		case <-ready:
		case <-t.b.shut:
			last = true // there may be more since
		case <-ctx.Done():
		}
	}
}
