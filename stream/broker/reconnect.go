package broker

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

const defaultRetry = 3 * time.Second // about the default of browsers

// window returns how long it may take until the clients of a process that has
// ended are back. Only half of the rate is used: clients that meet a server that
// is still down come again, and pages that were told of a gap open a second
// stream. l.Reconnects is positive.
func (l Limits) window(retry time.Duration) time.Duration {
	return max(waitAfter(retry), 3*time.Second*time.Duration(l.Subscribers)/time.Duration(l.Reconnects))
}

// waitAfter returns how long clients wait with a retry, which may not be set. The
// result can be exceeded by half.
func waitAfter(retry time.Duration) time.Duration {
	if retry <= 0 {
		return defaultRetry
	}
	return min(retry, math.MaxInt64/2)
}

// mustBeGood panics if a rate has no number of clients.
func (l Limits) mustBeGood() {
	if l.Reconnects > 0 && l.Subscribers <= 0 {
		panic("broker: Limits.Reconnects needs Limits.Subscribers, the number of clients that may reconnect")
	}
}

// around returns a random time of half a window to one and a half. All clients
// that retry for ever then stay spread.
func around(window time.Duration) time.Duration { return window/2 + rand.N(window+1) }

// hasten has serve tell a client whose stream ends alone to reconnect soon. The
// time at the start of the stream is for the end of the process, and for the end
// of a topic, after which no event is left.
func (s *subscriber) hasten(retry time.Duration, serve func(context.Context, *sse.Stream) error) func(context.Context, *sse.Stream) error {
	return func(ctx context.Context, stream *sse.Stream) error {
		err := serve(ctx, stream)
		if !errors.Is(context.Cause(ctx), sse.ErrShutdown) && !s.hasEnded() {
			_ = stream.Send(sse.Event{Retry: around(waitAfter(retry))})
		}
		return err
	}
}

// hasEnded reports whether the topic has ended and the client has everything.
func (s *subscriber) hasEnded() bool {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	return s.placed && s.isOver()
}
