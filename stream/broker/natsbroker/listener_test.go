package natsbroker_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// publish publishes an event, which must succeed, and returns its id.
func publish(t testing.TB, b *broker.Broker, topic, data string) string {
	t.Helper()
	id, err := b.Topic(topic).Publish(t.Context(), sse.Event{Data: data})
	if err != nil {
		t.Fatalf("Publish() = %v, want nil", err)
	}
	return id
}

// A listener records the events of a topic.
type listener struct {
	t   *testing.T
	mu  sync.Mutex
	got []string
}

// listen subscribes until the test ends.
func listen(t *testing.T, b *broker.Broker, topic, after string) *listener {
	t.Helper()
	l := &listener{t: t}
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	t.Cleanup(func() { cancel(); all.Wait() })
	events := b.Topic(topic).Subscribe(ctx, after)
	n := b.Stats().Subscribers
	all.Go(func() {
		for e, err := range events {
			said := e.Data
			if err != nil {
				said = err.Error()
			}
			l.mu.Lock()
			l.got = append(l.got, said)
			l.mu.Unlock()
		}
	})
	until(t, "a subscriber", func() bool { return b.Stats().Subscribers > n })
	return l
}

// want waits until exactly these events have been received.
func (l *listener) want(said ...string) {
	l.t.Helper()
	all := func() string {
		l.mu.Lock()
		defer l.mu.Unlock()
		return strings.Join(l.got, ", ")
	}
	want := strings.Join(said, ", ")
	for end := time.Now().Add(patience); all() != want; time.Sleep(time.Millisecond) {
		if time.Now().After(end) || len(all()) > len(want) {
			l.t.Fatalf("heard %q, want %q", all(), want)
		}
	}
}
