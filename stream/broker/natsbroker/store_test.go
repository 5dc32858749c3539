package natsbroker_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker/embedded"
)

func TestOpen(t *testing.T) {
	t.Run("says what is wrong with a stream that is not a store's", func(t *testing.T) {
		s := newServer(t, embedded.Options{})
		open(t, natsbroker.Options{Server: s, Stream: "MINE"})
		_, err := natsbroker.Open(t.Context(), natsbroker.Options{Server: s, Stream: "MINE", Subjects: "others"})
		if err == nil || !strings.Contains(err.Error(), "its subjects are") {
			t.Errorf("Open() = %v, want an error about its subjects", err)
		}
	})
	t.Run("changes the limits, and an id from before is told a gap rather than nothing", func(t *testing.T) {
		s := newServer(t, embedded.Options{})
		o := natsbroker.Options{Server: s, Stream: "LIMITS", Retain: broker.Retention{Count: 1000}}
		b := newNode(t, o)
		publish(t, b, "weather", "the first of the stream, which stays")
		id := publish(t, b, "news", "0")
		for i := range 100 {
			publish(t, b, "news", fmt.Sprint(i))
		}
		o.Retain.Count = 1
		newNode(t, o)
		o.Retain.Count = 2000
		again := newNode(t, o)
		for _, err := range again.Topic("news").Subscribe(t.Context(), id) {
			if !errors.Is(err, broker.ErrGap) {
				t.Errorf("the first is %v, want %v", err, broker.ErrGap)
			}
			break
		}
	})
	t.Run("gives up with its context", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := natsbroker.Open(ctx, natsbroker.Options{URL: "nats://" + freeAddr(t)}); err == nil {
			t.Error("Open() = nil, want an error")
		}
	})
}

// TestNothingIsLeft checks that memory and goroutines return to their initial
// amount.
func TestNothingIsLeft(t *testing.T) {
	s := newServer(t, embedded.Options{})
	o := natsbroker.Options{Server: s, Stream: "LEFT"}
	b := newNode(t, o)
	_, st := operate(t, s, "LEFT")
	use := func(n int) {
		for i := range n {
			topic := fmt.Sprint("topic", i%10)
			after, err := b.Topic(topic).Position(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			publish(t, b, topic, strings.Repeat("x", 1000))
			for range b.Topic(topic).Subscribe(t.Context(), after) {
				break
			}
		}
		until(t, "no consumers", func() bool { return len(consumers(t, st)) == 0 })
	}
	use(50)
	goroutines, heap := runtime.NumGoroutine(), testkit.Heap()
	use(500)
	until(t, "goroutines", func() bool { return runtime.NumGoroutine() <= goroutines })
	if got := testkit.Heap(); got > heap+heap/4+(4<<20) {
		t.Errorf("%d bytes are in use, %d before", got, heap)
	}
	if got := b.Stats(); got.Topics != 0 || got.Events != 0 || got.Subscribers != 0 {
		t.Errorf("Stats() = %+v, want nothing", got)
	}
}
