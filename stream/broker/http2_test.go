package broker_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// TestHTTP2 sends the streams of one browser over one connection, with TLS, as
// browsers use HTTP/2.
func TestHTTP2(t *testing.T) {
	const (
		streams = 12 // HTTP/1.1 has six
		events  = 600
	)
	b := &broker.Broker{
		Retain: broker.Retention{Bytes: 64 << 20},
		Stream: sse.Options{WriteTimeout: time.Second},
	}
	topic := b.Topic("news")
	server := httptest.NewUnstartedServer(topic.Handler())
	var connections atomic.Int32
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	open := func() *http.Response {
		r, err := http.NewRequestWithContext(ctx, "GET", server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if res.ProtoMajor != 2 {
			t.Fatalf("the answer is %s, want HTTP/2", res.Proto)
		}
		return res
	}

	stuck := open() // nobody reads it: its window is full after 4 MiB
	defer stuck.Body.Close()
	var all sync.WaitGroup
	for range streams {
		res := open()
		all.Go(func() {
			defer res.Body.Close()
			n := 0
			for e, err := range sse.NewReader(res.Body).Events() {
				if err != nil {
					t.Errorf("a stream ends after %d events: %v", n, err)
					return
				}
				if len(e.Data) != 10_000 {
					t.Errorf("data are %.20q, %d bytes, want 10000", e.Data, len(e.Data))
				}
				if n++; n == events {
					return
				}
			}
		})
	}
	data := strings.Repeat("x", 10_000)
	for range events {
		publish(t, topic, data)
	}
	all.Wait()
	if got := connections.Load(); got != 1 {
		t.Errorf("%d connections, want 1", got)
	}
	if err := b.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown() = %v, want nil", err)
	}
}
