package broker_test

import (
	"context"
	"iter"
	"testing"
	"testing/synctest"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/broker/internal/conformance"
	"github.com/rivulet-go/rivulet/stream/sse"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, func(_ *testing.T, s conformance.Settings) conformance.Broker {
		return inMemory{&broker.Broker{
			Retain:    s.Retain,
			Queue:     s.Queue,
			Slow:      s.Slow,
			Limits:    s.Limits,
			Subject:   s.Subject,
			Authorize: s.Authorize,
			Stream:    s.Stream,
		}}
	})
}

// TestSharedRuns has stores in memory, and virtual time.
func TestSharedRuns(t *testing.T) {
	conformance.RunShared(t, func(t *testing.T, retain broker.Retention, test func(*testing.T, []broker.Store)) {
		synctest.Test(t, func(t *testing.T) {
			s := newMemoryStore()
			s.retain = retain
			test(t, []broker.Store{s, s, s})
		})
	})
}

type inMemory struct{ *broker.Broker }

func (b inMemory) Publish(ctx context.Context, topic string, e sse.Event) (string, error) {
	return b.Topic(topic).Publish(ctx, e)
}

func (b inMemory) End(ctx context.Context, topic string) error { return b.Topic(topic).End(ctx) }

func (b inMemory) Position(ctx context.Context, topic string) (string, error) {
	return b.Topic(topic).Position(ctx)
}

func (b inMemory) Subscribe(ctx context.Context, topic, after string) iter.Seq2[sse.Event, error] {
	return b.Topic(topic).Subscribe(ctx, after)
}
