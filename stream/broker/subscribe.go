package broker

import (
	"context"
	"errors"
	"iter"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// Subscribe returns the events of the topic after the event with the id after,
// for use in the same process. If after is empty, it returns the events that are
// published after the call of Subscribe. The subscription lasts as long as an
// iteration over the sequence, and each iteration begins at the same position.
// Each event is as a client receives it: see sse.Encoded.Event.
//
// The iteration ends without an error when the topic has ended: see Topic.End.
// ErrGap comes before the first event if events may be missing. With a Store it
// may also come later, if this process has lost events. The iteration can
// continue after ErrGap. Any other error ends it: ErrTopic, ErrTopics, ErrSlow,
// ErrClosed, or the cause of ctx. Limits.Subscribers, Limits.PerSubject and
// Broker.Disconnect do not apply.
func (t Topic) Subscribe(ctx context.Context, after string) iter.Seq2[sse.Event, error] {
	if after == "" {
		after, _ = t.Position(ctx) // the iteration meets the same error
	}
	return func(yield func(sse.Event, error) bool) {
		if err := t.iterate(ctx, after, yield); err != nil {
			yield(sse.Event{}, err)
		}
	}
}

// iterate returns nil when the consumer stops the iteration or the topic has
// ended.
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
		events, ready, err := s.takeOrWait(one[:0], 0)
		if errors.Is(err, ErrGap) {
			if !yield(sse.Event{}, ErrGap) {
				return nil
			}
			continue
		}
		if errors.Is(err, ErrEnded) {
			return nil
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
			last = true // events may have come since take
		case <-ctx.Done():
		}
	}
}
