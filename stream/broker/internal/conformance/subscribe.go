package conformance

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/rivulet-go/rivulet/stream/broker"
)

func testSubscribe(t *testing.T, form Form) {
	t.Run("receive from where they have subscribed, each time they iterate", func(t *testing.T) {
		s := newSite(t, form, Settings{})
		s.publish(t, "news", "before")
		events := s.Subscribe(t.Context(), "news", "")
		for _, data := range []string{"one", "two", "three"} {
			s.publish(t, "news", data)
		}
		for range 2 {
			got := ""
			for e, err := range events {
				if err != nil {
					t.Fatal(err)
				}
				if got += e.Data + " "; e.Data == "three" {
					break
				}
			}
			if want := "one two three "; got != want {
				t.Errorf("data = %q, want %q", got, want)
			}
		}
		if got := s.Stats().Subscribers; got != 0 {
			t.Errorf("Stats().Subscribers = %d after the iteration, want 0", got)
		}
	})
	t.Run("receive what is published while they wait", func(t *testing.T) {
		s := newSite(t, form, Settings{})
		events := s.Subscribe(t.Context(), "news", "")
		var all sync.WaitGroup
		all.Go(func() {
			s.waitFor(t, 1)
			s.publish(t, "news", "one")
		})
		for e, err := range events {
			if err != nil || e.Data != "one" || e.ID == "" {
				t.Errorf("event = %+v, %v, want the data %q", e, err, "one")
			}
			break
		}
		all.Wait()
	})
	t.Run("are told of a gap and can go on", func(t *testing.T) {
		s := newSite(t, form, Settings{})
		first := true
		for e, err := range s.Subscribe(t.Context(), "news", "garbage") {
			if first {
				if !errors.Is(err, broker.ErrGap) {
					t.Fatalf("event = %+v, %v, want %v", e, err, broker.ErrGap)
				}
				first = false
				s.publish(t, "news", "one")
				continue
			}
			if err != nil || e.Data != "one" {
				t.Errorf("event = %+v, %v, want the data %q", e, err, "one")
			}
			break
		}
	})
	t.Run("that are too far behind are told so", func(t *testing.T) {
		s := newSite(t, form, Settings{Queue: 4})
		n := 0
		var last error
		events := s.Subscribe(t.Context(), "news", "")
		s.publish(t, "news", "first")
		for e, err := range events {
			if last = err; err != nil {
				continue
			}
			if n++; n > 1 {
				break
			}
			end := ""
			for i := range 5 {
				end = s.publish(t, "news", fmt.Sprint(i))
			}
			for other := range s.Subscribe(t.Context(), "news", e.ID) {
				if other.ID == end { // they are there
					break
				}
			}
		}
		if n != 1 || !errors.Is(last, broker.ErrSlow) {
			t.Errorf("%d events, then %v, want 1, then %v", n, last, broker.ErrSlow)
		}
	})
	t.Run("end with their context", func(t *testing.T) {
		s := newSite(t, form, Settings{})
		cause := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		var last error
		events := s.Subscribe(ctx, "news", "")
		s.publish(t, "news", "one")
		for _, err := range events {
			last = err
			cancel(cause)
		}
		if !errors.Is(last, cause) {
			t.Errorf("the last error is %v, want %v", last, cause)
		}
	})
	t.Run("end with the broker, after what was published", func(t *testing.T) {
		s := newSite(t, form, Settings{})
		events := s.Subscribe(t.Context(), "news", "")
		var all sync.WaitGroup
		all.Go(func() {
			s.waitFor(t, 1)
			for range 3 {
				s.publish(t, "news", "x")
			}
			if err := s.Shutdown(t.Context()); err != nil {
				t.Errorf("Shutdown() = %v, want nil", err)
			}
		})
		n := 0
		for _, err := range events {
			if err == nil {
				n++
			} else if !errors.Is(err, broker.ErrClosed) || n != 3 {
				t.Errorf("%d events, then %v, want 3, then %v", n, err, broker.ErrClosed)
			}
		}
		all.Wait()
	})
	t.Run("of a bad topic are told so", func(t *testing.T) {
		s := newSite(t, form, Settings{})
		for e, err := range s.Subscribe(t.Context(), "the news", "") {
			if !errors.Is(err, broker.ErrTopic) {
				t.Errorf("event = %+v, %v, want %v", e, err, broker.ErrTopic)
			}
		}
	})
}
