package natsbroker_test

import (
	"context"
	"fmt"
	"iter"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/broker/internal/conformance"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker/embedded"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// TestConformance has one server; each broker has a stream of its own on it.
func TestConformance(t *testing.T) {
	s := newServer(t, embedded.Options{MaxPayload: 8 << 20})
	conformance.Run(t, func(t *testing.T, c conformance.Settings) conformance.Broker {
		return onNATS{&broker.Broker{
			Log:       open(t, natsbroker.Options{Server: s, Retain: c.Retain, Memory: true}),
			Queue:     c.Queue,
			Slow:      c.Slow,
			Limits:    c.Limits,
			Subject:   c.Subject,
			Authorize: c.Authorize,
			Stream:    c.Stream,
		}}
	})
}

// newServer starts a server that ends with the test.
func newServer(t testing.TB, o embedded.Options) *embedded.Server {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	s, err := embedded.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

var streams atomic.Int64

// open opens a log, on a stream of its own unless it is named. It is closed
// when the test ends, after the brokers that the test shuts down by then.
func open(t testing.TB, o natsbroker.Options) *natsbroker.Log {
	t.Helper()
	if o.Stream == "" {
		o.Stream = fmt.Sprint("S", streams.Add(1))
	}
	if o.Bytes == 0 {
		o.Bytes = 512 << 20
	}
	if o.Heartbeat == 0 {
		o.Heartbeat = 200 * time.Millisecond
	}
	l, err := natsbroker.Open(t.Context(), o)
	if err != nil {
		t.Fatalf("Open() = %v, want nil", err)
	}
	t.Cleanup(func() {
		l.DeleteStream()
		_ = l.Close()
	})
	return l
}

type onNATS struct{ *broker.Broker }

func (b onNATS) Publish(ctx context.Context, topic string, e sse.Event) (string, error) {
	return b.Topic(topic).Publish(ctx, e)
}

func (b onNATS) Position(ctx context.Context, topic string) (string, error) {
	return b.Topic(topic).Position(ctx)
}

func (b onNATS) Subscribe(ctx context.Context, topic, after string) iter.Seq2[sse.Event, error] {
	return b.Topic(topic).Subscribe(ctx, after)
}
