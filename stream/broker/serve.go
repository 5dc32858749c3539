package broker

import (
	"context"
	"errors"
	"sync"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// batchSize is the number of bytes that one write may have if it carries several
// events.
const batchSize = 64 << 10

// A batch holds the events of one write. Subscribers that wait hold none.
type batch struct{ events []sse.Encoded }

var batchPool = sync.Pool{New: func() any { return new(batch) }}

// serve sends a client its events until the stream ends.
func (s *subscriber) serve(ctx context.Context, stream *sse.Stream) error {
	for {
		ready, err := s.send(stream)
		if err != nil {
			return ended(err)
		}
		select {
		case <-ready:
		case <-s.stop:
			return nil
		case <-ctx.Done():
			// Events that were published before the server stops would be lost
			// with the memory of the broker.
			if errors.Is(context.Cause(ctx), sse.ErrShutdown) {
				_, _ = s.send(stream)
			}
			return context.Cause(ctx)
		}
	}
}

// ended returns nil for errors after which the stream ends properly, so that the
// client reconnects.
func ended(err error) error {
	if errors.Is(err, ErrSlow) || errors.Is(err, errStopped) {
		return nil
	}
	return err
}

// send sends all events that there are. It returns a channel that is closed when
// there may be more.
func (s *subscriber) send(stream *sse.Stream) (<-chan struct{}, error) {
	b := batchPool.Get().(*batch)
	defer func() {
		clear(b.events)
		b.events = b.events[:0]
		batchPool.Put(b)
	}()
	for {
		clear(b.events)
		var ready <-chan struct{}
		var err error
		if b.events, ready, err = s.take(b.events[:0], batchSize); err != nil {
			return nil, err
		}
		if len(b.events) > 0 {
			if err := stream.SendEncoded(b.events...); err != nil {
				return nil, err
			}
		}
		if ready != nil {
			return ready, nil
		}
	}
}
