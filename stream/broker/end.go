package broker

import (
	"context"
	"errors"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// endName is the name of the last event of a topic that has ended.
const endName = "end"

// End ends the topic. Its last event has the name "end" and no data. Each client
// receives the events that it has not received yet, up to that one, and then its
// stream ends. A client that comes later receives the events after its ID in the
// same way. A client that has all of them, or has no ID, receives the status 204,
// at which EventSource no longer reconnects. The sequence of Subscribe ends
// without an error, and without the event "end".
//
// Publish returns ErrEnded from then on. If several processes share a Store, that
// holds in all of them. End of a topic that has ended does nothing.
//
// The end is retained like an event, for Retention.Age. After that the topic is
// like one that has never been used. So give each thing that ends a topic of its
// own, and let Authorize return ErrStop for one that ended long ago.
//
// End outlives the request that caused it, as Publish does, and uses ctx as Publish
// does. It returns ErrTopic, ErrTopics or ErrClosed. With a Store, it may also return
// ErrUnavailable or an error of the Store.
func (t Topic) End(ctx context.Context) error {
	t.b.init()
	if !goodName(t.name) {
		return ErrTopic
	}
	if _, err := t.publish(ctx, sse.Event{Name: endName}); !errors.Is(err, ErrEnded) {
		return err
	}
	return nil
}

// over reports whether the topic of a client has ended and nothing is left to
// send. With a Store, it first waits until that is known, or until s.known.
func (s *subscriber) over(ctx context.Context) bool {
	f := s.feed
	ctx, cancel := context.WithDeadline(ctx, s.known)
	defer cancel()
	for {
		f.mu.Lock()
		if s.place() || s.stopped {
			defer f.mu.Unlock()
			f.ring.expire(time.Now())
			return s.placed && s.isOver()
		}
		ready := f.wait()
		f.mu.Unlock()
		select {
		case <-ready:
		case <-s.stop:
		case <-ctx.Done():
			return false
		}
	}
}
