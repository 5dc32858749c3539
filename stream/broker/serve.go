package broker

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// batchSize is the number of bytes that one write may have if it carries several
// events.
const batchSize = 64 << 10

// A batch holds the events of one write. Subscribers that wait hold none.
type batch struct{ events []sse.Encoded }

var batchPool = sync.Pool{New: func() any { return new(batch) }}

func getBatch() *batch { return batchPool.Get().(*batch) }

func (b *batch) put() {
	b.clear()
	batchPool.Put(b)
}

func (b *batch) clear() {
	clear(b.events)
	b.events = b.events[:0]
}

// serve sends a client its events until the stream ends. It sends those that there
// are. Further ones come with a courier.
func (s *subscriber) serve(ctx context.Context, stream *sse.Stream) error {
	s.stream = stream
	if err := s.sendRest(); err != nil {
		return ended(err)
	}
	select {
	case <-s.stop:
	case <-ctx.Done():
	}
	s.alone()
	switch {
	case s.err == errPanicked:
		panic(http.ErrAbortHandler)
	case s.err != nil:
		return ended(s.err)
	case ctx.Err() == nil:
		return nil
	}
	// Events that were published before the server stops would be lost with the
	// memory of the broker.
	if errors.Is(context.Cause(ctx), sse.ErrShutdown) {
		_ = s.sendRest()
	}
	return context.Cause(ctx)
}

// ended returns nil for errors after which the stream ends properly, so that the
// client reconnects.
func ended(err error) error {
	if errors.Is(err, ErrSlow) || errors.Is(err, ErrEnded) || errors.Is(err, errStopped) {
		return nil
	}
	return err
}

// sendRest is send for the goroutine of the handler.
func (s *subscriber) sendRest() error {
	b := getBatch()
	defer b.put()
	return s.send(b)
}

// send sends all events that there are. After the last one it puts s into the
// queue.
func (s *subscriber) send(b *batch) (err error) {
	for {
		b.clear()
		if b.events, err = s.takeOrRest(b.events); err != nil || len(b.events) == 0 {
			return err
		}
		if err := s.stream.SendEncoded(b.events...); err != nil {
			return err
		}
	}
}

// takeOrRest is take for a client. If there are no events, it ends the visit of a
// courier and puts s into the queue.
func (s *subscriber) takeOrRest(dst []sse.Encoded) ([]sse.Encoded, error) {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if s.ending && s.busy {
		s.rest() // the handler sends what is left
		return dst, nil
	}
	dst, err := s.take(dst, batchSize)
	if err == nil && len(dst) == 0 {
		s.rest()
		if !s.ending {
			f.idle().push(s)
		}
	}
	return dst, err
}
