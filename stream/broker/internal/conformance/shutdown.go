package conformance

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

func testShutdown(t *testing.T, form Form) {
	t.Run("sends what was published, and spreads the return of the clients", func(t *testing.T) {
		s := newSite(t, form, Settings{Stream: sse.Options{Retry: time.Second}})
		start := s.position(t, "news")
		var clients []*client
		for range 10 {
			clients = append(clients, s.subscribe(t, "news", start))
		}
		for i := range 100 {
			s.publish(t, "news", fmt.Sprint(i))
		}
		if err := s.Shutdown(t.Context()); err != nil {
			t.Fatalf("Shutdown() = %v, want nil", err)
		}
		retries := map[time.Duration]bool{}
		for _, c := range clients {
			for i := range 100 {
				c.want(t, fmt.Sprint(i))
			}
			c.wantEnd(t)
			if c.retry < 500*time.Millisecond || c.retry > 1500*time.Millisecond {
				t.Errorf("retry = %v, want 1s give or take a half", c.retry)
			}
			retries[c.retry] = true
		}
		if len(retries) < 2 {
			t.Errorf("all clients come back after %v", clients[0].retry)
		}
		if got := s.Stats().Subscribers; got != 0 {
			t.Errorf("Stats().Subscribers = %d, want 0", got)
		}
	})
	t.Run("sends all that Publish has returned an id for", func(t *testing.T) {
		for range 30 {
			s := newSite(t, form, Settings{Retain: broker.Retention{Bytes: 256 << 20}})
			events := s.Subscribe(t.Context(), "news", "")
			before, last, received := "", "", ""
			var called, ended atomic.Bool
			big := strings.Repeat("x", 1<<20) // takes a while to encode
			var all sync.WaitGroup
			all.Go(func() {
				for !ended.Load() {
					id, err := s.Publish(t.Context(), "news", sse.Event{Data: big})
					if err != nil {
						return
					}
					if last = id; !called.Load() {
						before = id
					}
				}
			})
			all.Go(func() {
				s.waitFor(t, 1)
				called.Store(true)
				if err := s.Shutdown(t.Context()); err != nil {
					t.Errorf("Shutdown() = %v, want nil", err)
				}
				ended.Store(true)
			})
			for e, err := range events {
				if err == nil {
					received = e.ID
				} else if !errors.Is(err, broker.ErrClosed) {
					t.Fatal(err)
				}
			}
			all.Wait()
			switch _, err := s.Publish(t.Context(), "news", sse.Event{}); {
			case err == nil && number(received) < number(before): // there is a Store, which took later events
				t.Fatalf("the last event is %q, want %q or a later one", received, before)
			case errors.Is(err, broker.ErrClosed) && received != last:
				t.Fatalf("the last event is %q, want %q", received, last)
			case err != nil && !errors.Is(err, broker.ErrClosed):
				t.Fatalf("Publish() = %v, want nil or %v", err, broker.ErrClosed)
			}
		}
	})
	t.Run("lets the server shut down, and tells late clients when to come back", func(t *testing.T) {
		s := newSite(t, form, Settings{})
		c := s.subscribe(t, "news", "")
		s.waitFor(t, 1)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("Shutdown() = %v, want nil", err)
		}
		c.wantEnd(t)
		late := s.subscribe(t, "news", "")
		late.wantEnd(t)
		if late.retry == 0 {
			t.Error("a late client was not told when to come back")
		}
		if err := s.Config.Shutdown(ctx); err != nil {
			t.Errorf("http.Server.Shutdown() = %v, want nil", err)
		}
	})
	t.Run("may be called again, and before anything else", func(t *testing.T) {
		b := form(t, Settings{})
		for range 2 {
			if err := b.Shutdown(t.Context()); err != nil {
				t.Errorf("Shutdown() = %v, want nil", err)
			}
		}
	})
}
