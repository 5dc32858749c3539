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
			Store:     open(t, natsbroker.Options{Server: s, Retain: c.Retain, Memory: true}),
			Queue:     c.Queue,
			Slow:      c.Slow,
			Limits:    c.Limits,
			Subject:   c.Subject,
			Authorize: c.Authorize,
			Stream:    c.Stream,
		}}
	})
}

func TestSharedRuns(t *testing.T) {
	s := newServer(t, embedded.Options{})
	var n atomic.Int32
	conformance.RunShared(t, func(t *testing.T, retain broker.Retention, test func(*testing.T, []broker.Store)) {
		t.Parallel()
		o := natsbroker.Options{Server: s, Stream: fmt.Sprint("SHARED", n.Add(1)), Retain: retain, Memory: true, Bytes: 16 << 20, Heartbeat: time.Second}
		test(t, []broker.Store{open(t, o), open(t, o), open(t, o)})
	})
}

type onNATS struct{ *broker.Broker }

func (b onNATS) Publish(ctx context.Context, topic string, e sse.Event) (string, error) {
	return b.Topic(topic).Publish(ctx, e)
}

func (b onNATS) End(ctx context.Context, topic string) error { return b.Topic(topic).End(ctx) }

func (b onNATS) Position(ctx context.Context, topic string) (string, error) {
	return b.Topic(topic).Position(ctx)
}

func (b onNATS) Subscribe(ctx context.Context, topic, after string) iter.Seq2[sse.Event, error] {
	return b.Topic(topic).Subscribe(ctx, after)
}
