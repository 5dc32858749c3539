package natsbroker_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker/embedded"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// patience limits the wait for something that happens soon.
const patience = 20 * time.Second

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

// open opens a store, on a stream of its own unless it is named. It is closed
// when the test ends, after the brokers that the test shuts down by then.
func open(t testing.TB, o natsbroker.Options) *natsbroker.Store {
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

// newNode returns a broker of its own connection. It is shut down with the test.
func newNode(t testing.TB, o natsbroker.Options) *broker.Broker {
	t.Helper()
	b := &broker.Broker{Store: open(t, o), Stream: sse.Options{Heartbeat: 100 * time.Millisecond}}
	t.Cleanup(func() { shutdown(t, b) })
	return b
}

// join returns a broker on a stream that stays when the test ends.
func join(t *testing.T, o natsbroker.Options) *broker.Broker {
	t.Helper()
	l, err := natsbroker.Open(t.Context(), o)
	if err != nil {
		t.Fatalf("Open() = %v, want nil", err)
	}
	b := &broker.Broker{Store: l}
	t.Cleanup(func() {
		shutdown(t, b)
		_ = l.Close()
	})
	return b
}

func shutdown(t testing.TB, b *broker.Broker) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := b.Shutdown(ctx); err != nil {
		t.Errorf("Shutdown() = %v, want nil", err)
	}
}

// serve serves a topic until the test ends.
func serve(t *testing.T, b *broker.Broker, topic string) *httptest.Server {
	s := httptest.NewServer(b.Topic(topic).Handler())
	t.Cleanup(func() { shutdown(t, b); s.Close() })
	return s
}

// until waits until a condition is true. It checks often, but leaves the
// processor to other goroutines.
func until(t testing.TB, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within %v", what, patience)
		}
	}
}
