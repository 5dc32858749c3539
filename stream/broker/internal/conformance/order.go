package conformance

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

func testOrder(t *testing.T, form Form) {
	t.Run("all subscribers receive the same events in the same order", func(t *testing.T) {
		const publishers, events = 4, 100
		s := newSite(t, form, Settings{Retain: broker.Retention{Count: publishers * events}})
		clients := []*client{s.subscribe(t, "news", ""), s.subscribe(t, "news", "")}
		s.waitFor(t, len(clients))
		var all sync.WaitGroup
		for p := range publishers {
			all.Go(func() {
				for i := range events {
					if _, err := s.Publish(t.Context(), "news", sse.Event{Data: fmt.Sprintf("%d %d", p, i)}); err != nil {
						t.Errorf("Publish() = %v, want nil", err)
					}
				}
			})
		}
		all.Wait()
		var received [2][]sse.Event
		for i, c := range clients {
			for range publishers * events {
				e, err := c.next()
				if err != nil {
					t.Fatalf("event %d: %v", len(received[i]), err)
				}
				received[i] = append(received[i], e)
			}
		}
		if !slices.Equal(received[0], received[1]) {
			t.Error("two subscribers received different events")
		}
		next := map[string]int{}
		for _, e := range received[0] {
			p, i, _ := strings.Cut(e.Data, " ")
			if i != fmt.Sprint(next[p]) {
				t.Fatalf("publisher %s: event %s came where %d was due", p, i, next[p])
			}
			next[p]++
		}
	})
	t.Run("the id that Publish returns is that of the event", func(t *testing.T) {
		s := newSite(t, form, Settings{})
		c := s.subscribe(t, "news", s.position(t, "news"))
		for range 3 {
			id := s.publish(t, "news", "x")
			if e, err := c.next(); err != nil || e.ID != id {
				t.Fatalf("event = %+v, %v, want one with the id %q", e, err, id)
			}
		}
	})
	t.Run("an event keeps its name, its lines and its retry", func(t *testing.T) {
		s := newSite(t, form, Settings{})
		c := s.subscribe(t, "news", s.position(t, "news"))
		want := sse.Event{Name: "price", Data: "one\n\n two\n", Retry: time.Second}
		id, err := s.Publish(t.Context(), "news", want)
		if err != nil {
			t.Fatal(err)
		}
		want.ID = id
		if e, err := c.next(); err != nil || e != want {
			t.Errorf("event = %+v, %v, want %+v", e, err, want)
		}
	})
	t.Run("an event keeps its comment, and a retry of zero", func(t *testing.T) {
		s := newSite(t, form, Settings{})
		start := s.position(t, "news")
		want := sse.Event{Data: "x", Retry: sse.RetryAtOnce, Comment: " a\n: b%\u017c"}
		var err error
		if want.ID, err = s.Publish(t.Context(), "news", want); err != nil {
			t.Fatal(err)
		}
		for e, err := range s.Subscribe(t.Context(), "news", start) {
			if err != nil || e != want {
				t.Errorf("event = %+v, %v, want %+v", e, err, want)
			}
			break
		}
	})
	t.Run("a topic does not hear of another", func(t *testing.T) {
		s := newSite(t, form, Settings{})
		c := s.subscribe(t, "news", s.position(t, "news"))
		s.publish(t, "weather", "rain")
		s.publish(t, "news", "one")
		s.publish(t, "weather", "sun")
		s.publish(t, "news", "two")
		c.want(t, "one", "two")
	})
	t.Run("an id is short printable ASCII and good in a URL", func(t *testing.T) {
		s := newSite(t, form, Settings{})
		for _, id := range []string{s.position(t, "news"), s.publish(t, "news", "x")} {
			if strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || len(id) < 3 || len(id) > 40 {
				t.Errorf("id = %q", id)
			}
		}
	})
}
