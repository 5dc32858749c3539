package broker_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// TestStuckClients tests clients that stop reading. In a bubble, anything that
// waited for one of them would take time.
func TestStuckClients(t *testing.T) {
	t.Run("delay neither the publisher nor another client, and end at the deadline of their write", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := &broker.Broker{Stream: sse.Options{WriteTimeout: 10 * time.Second}}
			topic := b.Topic("news")
			p := overPipes(t, topic.Handler())
			p.listen(t, "/")
			other := p.listen(t, "/")
			synctest.Wait()
			start := time.Now()
			for range 100 {
				publish(t, topic, "x")
				if got := other.data(t); got != "x" {
					t.Fatalf("data = %q, want %q", got, "x")
				}
			}
			if took := time.Since(start); took != 0 {
				t.Errorf("a hundred events took %v, want no time", took)
			}
			if got := b.Stats().Subscribers; got != 2 {
				t.Errorf("Stats().Subscribers = %d, want 2", got)
			}
			time.Sleep(10*time.Second + time.Millisecond)
			synctest.Wait()
			if got := b.Stats().Subscribers; got != 1 {
				t.Errorf("Stats().Subscribers = %d after the deadline, want 1", got)
			}
		})
	})
	t.Run("do not keep Shutdown beyond its context", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := &broker.Broker{}
			topic := b.Topic("news")
			p := overPipes(t, topic.Handler())
			p.listen(t, "/")
			synctest.Wait()
			publish(t, topic, "x")
			synctest.Wait()
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if err := b.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Shutdown() = %v, want %v", err, context.DeadlineExceeded)
			}
			if err := b.Shutdown(t.Context()); err != nil { // at the deadline of the write
				t.Errorf("Shutdown() = %v, want nil", err)
			}
		})
	})
	t.Run("hear no more once they are disconnected", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := &broker.Broker{}
			topic := b.Topic("news")
			p := overPipes(t, topic.Handler())
			l := p.listen(t, "/")
			synctest.Wait()
			publish(t, topic, "one")
			synctest.Wait()
			publish(t, topic, "two")
			for _, want := range []int{1, 0} {
				if n := b.Disconnect(func(string, string) bool { return true }); n != want {
					t.Errorf("Disconnect() = %d, want %d", n, want)
				}
			}
			body, err := io.ReadAll(l.body)
			if err != nil || !strings.Contains(string(body), "one") || strings.Contains(string(body), "two") {
				t.Errorf("body = %q, %v, want one event", body, err)
			}
		})
	})
}
