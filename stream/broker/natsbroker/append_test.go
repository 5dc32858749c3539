package natsbroker_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker/embedded"
	"github.com/rivulet-go/rivulet/stream/sse"
)

func TestPublish(t *testing.T) {
	s := newServer(t, embedded.Options{})
	l := open(t, natsbroker.Options{Server: s})
	b := &broker.Broker{Store: l}
	t.Run("a request that has been given up does not keep an event from being published", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := b.Topic("news").Publish(ctx, sse.Event{Data: "x"}); err != nil {
			t.Errorf("Publish() = %v, want nil", err)
		}
	})
	t.Run("an event keeps its name, whatever it is", func(t *testing.T) {
		for _, name := range []string{" padded ", "a/b%2F+c", "\u017c\u00f3\u0142w", "a:b"} {
			after := publish(t, b, "names", "before")
			want := sse.Event{Name: name, Data: "x\n\ny"}
			var err error
			if want.ID, err = b.Topic("names").Publish(t.Context(), want); err != nil {
				t.Fatalf("Publish() = %v, want nil", err)
			}
			for e, err := range b.Topic("names").Subscribe(t.Context(), after) {
				if err != nil || e != want {
					t.Errorf("event = %+v, %v, want %+v", e, err, want)
				}
				break
			}
		}
	})
	t.Run("an event larger than NATS takes is too large", func(t *testing.T) {
		if _, err := b.Topic("news").Publish(t.Context(), sse.Event{Data: strings.Repeat("x", 2<<20)}); !errors.Is(err, broker.ErrTooLarge) {
			t.Errorf("Publish() = %v, want %v", err, broker.ErrTooLarge)
		}
	})
	t.Run("an event that is on its way when the server ends is not said to be cancelled", func(t *testing.T) {
		var err error
		var all sync.WaitGroup
		all.Go(func() {
			for err == nil {
				ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
				_, err = b.Topic("news").Publish(ctx, sse.Event{Data: "x"})
				cancel()
			}
		})
		s.Close()
		all.Wait()
		if !errors.Is(err, broker.ErrUnavailable) || errors.Is(err, context.Canceled) {
			t.Errorf("Publish() = %v, want %v of nothing that was cancelled", err, broker.ErrUnavailable)
		}
	})
	t.Run("without a server it waits until the deadline", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := b.Topic("news").Publish(ctx, sse.Event{Data: "x"}); !errors.Is(err, broker.ErrUnavailable) {
			t.Errorf("Publish() = %v, want %v", err, broker.ErrUnavailable)
		}
		if _, err := b.Topic("news").Position(ctx); !errors.Is(err, broker.ErrUnavailable) {
			t.Errorf("Position() = %v, want %v", err, broker.ErrUnavailable)
		}
	})
	shutdown(t, b)
	t.Run("a store that is closed says so at once", func(t *testing.T) {
		if err := l.Close(); err != nil {
			t.Errorf("Close() = %v, want nil", err)
		}
		if _, err := l.Last(t.Context()); !errors.Is(err, broker.ErrClosed) || errors.Is(err, broker.ErrUnavailable) {
			t.Errorf("Last() = %v, want %v", err, broker.ErrClosed)
		}
	})
}
