package broker

import (
	"cmp"
	"net/http"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// HandlerOptions replace fields of Broker.Stream for the streams of one handler. The
// zero value changes nothing. To choose for each request, make several handlers and
// call one of them.
type HandlerOptions struct {
	// Heartbeat is as in sse.Options. Zero means Broker.Stream.Heartbeat. Negative
	// means no heartbeats.
	Heartbeat time.Duration
	// WriteTimeout is as in sse.Options. Zero means Broker.Stream.WriteTimeout.
	// Negative means no limit.
	WriteTimeout time.Duration
	// MaxLife is as in sse.Options. Zero means Broker.Stream.MaxLife. Negative means
	// no limit.
	MaxLife time.Duration
	// Retry is as in sse.Options. Zero means Broker.Stream.Retry. Negative means that
	// no time is sent. With Limits.Reconnects, clients receive a longer time.
	Retry time.Duration
	// Replay limits the events that a client receives from before its request. A
	// client that has missed more is told of a gap, with the data "expired", and
	// receives none of them: it is faster to load the page again. If Broker.Slow is
	// DropOldest, it receives the last ones instead and is not told. Zero means all
	// that are retained. Negative means none.
	Replay int
}

// HandlerWith is Handler with options for the streams of this handler.
func (b *Broker) HandlerWith(topic func(*http.Request) string, o HandlerOptions) http.Handler {
	if topic == nil {
		panic("broker: Handler with a nil topic function")
	}
	if b.Authorize == nil {
		panic("broker: Handler needs Broker.Authorize, since requests name the topic")
	}
	return b.handler(topic, o)
}

// HandlerWith is Handler with options for the streams of this handler.
func (t Topic) HandlerWith(o HandlerOptions) http.Handler {
	if !goodName(t.name) {
		panic("broker: Handler of a topic with the invalid name " + t.name)
	}
	return t.b.handler(func(*http.Request) string { return t.name }, o)
}

// stream returns the options of a stream.
func (o HandlerOptions) stream(b *Broker) sse.Options {
	s := b.Stream
	s.Logger = cmp.Or(s.Logger, b.Logger)
	s.Until = b.life
	s.Heartbeat = spread(cmp.Or(o.Heartbeat, s.Heartbeat))
	s.WriteTimeout = cmp.Or(o.WriteTimeout, s.WriteTimeout)
	s.MaxLife = cmp.Or(o.MaxLife, s.MaxLife)
	s.Retry = cmp.Or(o.Retry, s.Retry)
	if b.Limits.Reconnects > 0 {
		s.Retry = around(b.Limits.window(s.Retry))
	}
	return s
}
