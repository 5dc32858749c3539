package conformance

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

func testEnd(t *testing.T, form Form) {
	t.Run("subscribers receive the rest, their streams end, and they are stopped when they return", func(t *testing.T) {
		s := newSite(t, form, Settings{})
		start := s.position(t, "news")
		clients := []*client{s.subscribe(t, "news", start), s.subscribe(t, "news", start)}
		s.publish(t, "news", "one")
		clients[0].want(t, "one")
		s.publish(t, "news", "two")
		s.end(t, "news")
		clients[0].want(t, "two")
		clients[1].want(t, "one", "two")
		for _, c := range clients {
			c.wantTopicEnd(t)
			s.wantStop(t, "news", c.last)
		}
	})
	t.Run("a client that comes later receives the rest, and is stopped if there is none", func(t *testing.T) {
		s := newSite(t, form, Settings{})
		start := s.position(t, "news")
		first := s.publish(t, "news", "one")
		last := s.publish(t, "news", "two")
		s.end(t, "news")
		s.publish(t, "weather", "rain")
		for _, c := range []struct {
			after string
			want  []string
		}{
			{start, []string{"one", "two"}},
			{first, []string{"two"}},
			{last, nil},
		} {
			client := s.subscribe(t, "news", c.after)
			client.want(t, c.want...)
			client.wantTopicEnd(t)
			s.wantStop(t, "news", client.last)
		}
		s.wantStop(t, "news", "")
		s.wantStop(t, "news", s.position(t, "news"))
	})
	t.Run("nothing can be published any more, and another end changes nothing", func(t *testing.T) {
		s := newSite(t, form, Settings{})
		start := s.position(t, "news")
		s.publish(t, "news", "one")
		s.end(t, "news")
		if id, err := s.Publish(t.Context(), "news", sse.Event{Data: "late"}); !errors.Is(err, broker.ErrEnded) || id != "" {
			t.Errorf("Publish() = %q, %v, want %v", id, err, broker.ErrEnded)
		}
		s.end(t, "news")
		c := s.subscribe(t, "news", start)
		c.want(t, "one")
		c.wantTopicEnd(t)
		s.wantStop(t, "news", c.last)
		weather := s.subscribe(t, "weather", s.position(t, "weather"))
		s.publish(t, "weather", "rain")
		weather.want(t, "rain")
	})
	t.Run("a topic without events can end", func(t *testing.T) {
		s := newSite(t, form, Settings{Retain: broker.Retention{Bytes: 1}})
		c := s.subscribe(t, "news", s.position(t, "news"))
		s.end(t, "news")
		c.wantTopicEnd(t)
		s.wantStop(t, "news", c.last)
		if err := s.End(t.Context(), "the news"); !errors.Is(err, broker.ErrTopic) {
			t.Errorf("End() = %v, want %v", err, broker.ErrTopic)
		}
	})
	t.Run("the end drops no event", func(t *testing.T) {
		s := newSite(t, form, Settings{Retain: broker.Retention{Count: 2}})
		start := s.position(t, "news")
		s.publish(t, "news", "one")
		s.publish(t, "news", "two")
		s.end(t, "news")
		s.subscribe(t, "news", start).want(t, "one", "two")
	})
	t.Run("a gap is told once", func(t *testing.T) {
		s := newSite(t, form, Settings{Retain: broker.Retention{Count: 1}})
		old := s.position(t, "news")
		s.publish(t, "news", "one")
		s.publish(t, "news", "two")
		s.end(t, "news")
		for after, gap := range map[string]string{old: "expired", "garbage": "unknown"} {
			c := s.subscribe(t, "news", after)
			if e, err := c.next(); err != nil || e.Name != "gap" || e.Data != gap {
				t.Errorf("event = %+v, %v, want the gap %q", e, err, gap)
			}
			c.wantEnd(t)
			s.wantStop(t, "news", c.last)
		}
	})
	t.Run("subscribers in the same process receive the rest and no error", func(t *testing.T) {
		s := newSite(t, form, Settings{})
		start := s.position(t, "news")
		got := func(after string) (data string) {
			for e, err := range s.Subscribe(t.Context(), "news", after) {
				if data += e.Data + " "; err != nil {
					t.Errorf("error = %v, want nil", err)
				}
			}
			return data
		}
		s.publish(t, "news", "one")
		var all sync.WaitGroup
		all.Go(func() {
			s.waitFor(t, 1)
			s.publish(t, "news", "two")
			s.end(t, "news")
		})
		for range 2 {
			if got, want := got(start), "one two "; got != want {
				t.Errorf("data = %q, want %q", got, want)
			}
			all.Wait()
		}
		if got := got(""); got != "" {
			t.Errorf("data = %q after the end, want none", got)
		}
		if got := s.Stats().Subscribers; got != 0 {
			t.Errorf("Stats().Subscribers = %d, want 0", got)
		}
	})
	t.Run("what was published before the end is received, and nothing else", func(t *testing.T) {
		for round := range 10 {
			const publishers, most = 4, 200
			s := newSite(t, form, Settings{Retain: broker.Retention{Count: publishers * most}})
			topic := fmt.Sprint("news-", round)
			start := s.position(t, topic)
			published := make(chan string, publishers*most)
			var count atomic.Int32
			var all sync.WaitGroup
			for p := range publishers {
				all.Go(func() {
					for i := range most {
						data := fmt.Sprint(p, " ", i)
						_, err := s.Publish(t.Context(), topic, sse.Event{Data: data})
						if errors.Is(err, broker.ErrEnded) {
							return
						}
						if err != nil {
							t.Errorf("Publish() = %v, want nil", err)
							return
						}
						published <- data
						if count.Add(1) == 20 {
							s.end(t, topic)
						}
					}
				})
			}
			received := map[string]bool{}
			for e, err := range s.Subscribe(t.Context(), topic, start) {
				if err != nil {
					t.Fatal(err)
				}
				received[e.Data] = true
			}
			all.Wait()
			close(published)
			for data := range published {
				if !received[data] {
					t.Errorf("%q was published and not received", data)
				}
			}
			if _, err := s.Publish(t.Context(), topic, sse.Event{}); !errors.Is(err, broker.ErrEnded) {
				t.Errorf("Publish() = %v, want %v", err, broker.ErrEnded)
			}
		}
	})
}

// end ends a topic.
func (s *site) end(t *testing.T, topic string) {
	t.Helper()
	if err := s.End(t.Context(), topic); err != nil {
		t.Errorf("End() = %v, want nil", err)
	}
}

// wantTopicEnd reads the last event of a topic that has ended, and the end of the
// stream.
func (c *client) wantTopicEnd(t *testing.T) {
	t.Helper()
	if e, err := c.next(); err != nil || e.Name != "end" || e.Data != "" || e.ID == "" {
		t.Fatalf("event = %+v, %v, want the end", e, err)
	}
	c.wantEnd(t)
}

// wantStop requests a stream that must be refused for good.
func (s *site) wantStop(t *testing.T, topic, after string) {
	t.Helper()
	c := s.ask(t, topic, after)
	if c.res.StatusCode != http.StatusNoContent {
		t.Errorf("status after %q = %d, want 204", after, c.res.StatusCode)
	}
	c.close()
}
