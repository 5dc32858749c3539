package conformance

import (
	"errors"
	"net/http"
	"strconv"
	"testing"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

func testLimits(t *testing.T, form Form) {
	refused := func(t *testing.T, c *client, status int) {
		t.Helper()
		if c.res.StatusCode != status {
			t.Errorf("status = %d, want %d", c.res.StatusCode, status)
		}
		if s, err := strconv.Atoi(c.res.Header.Get("Retry-After")); err != nil || s < 1 || s > 60 {
			t.Errorf("Retry-After = %q", c.res.Header.Get("Retry-After"))
		}
	}
	t.Run("a subject has no more clients than PerSubject, until one leaves", func(t *testing.T) {
		s := newSite(t, form, Settings{Limits: broker.Limits{PerSubject: 2}})
		c := s.subscribe(t, "news", "", "User", "ada")
		s.subscribe(t, "weather", "", "User", "ada")
		refused(t, s.ask(t, "news", "", "User", "ada"), http.StatusTooManyRequests)
		s.subscribe(t, "news", "", "User", "bob")
		c.close()
		s.waitFor(t, 2)
		s.subscribe(t, "news", "", "User", "ada")
	})
	t.Run("there are no more clients than Subscribers, until one leaves", func(t *testing.T) {
		s := newSite(t, form, Settings{Limits: broker.Limits{Subscribers: 2}})
		c := s.subscribe(t, "news", "")
		s.subscribe(t, "weather", "")
		refused(t, s.ask(t, "news", ""), http.StatusServiceUnavailable)
		c.close()
		s.waitFor(t, 1)
		s.subscribe(t, "news", "")
		if s.Stats().Refused != 1 {
			t.Errorf("Stats().Refused = %d, want 1", s.Stats().Refused)
		}
	})
	t.Run("there are no more topics than Topics, until one is forgotten", func(t *testing.T) {
		s := newSite(t, form, Settings{Limits: broker.Limits{Topics: 2}})
		c := s.subscribe(t, "news", "")
		s.subscribe(t, "weather", "")
		refused(t, s.ask(t, "sports", ""), http.StatusServiceUnavailable)
		if got := s.Stats().Topics; got != 2 {
			t.Errorf("Stats().Topics = %d, want 2", got)
		}
		c.close()
		s.waitFor(t, 1)
		s.subscribe(t, "sports", "")
	})
	t.Run("what cannot be published makes no topic", func(t *testing.T) {
		s := newSite(t, form, Settings{Retain: broker.Retention{Bytes: 100}})
		for _, c := range []struct {
			name  string
			topic string
			event sse.Event
			want  error
		}{
			{"an event that is too large", "news", sse.Event{Data: string(make([]byte, 100))}, broker.ErrTooLarge},
			{"an event with an id", "news", sse.Event{ID: "1"}, broker.ErrEvent},
			{"an event that removes the id", "news", sse.Event{ID: sse.NoID}, broker.ErrEvent},
			{"a comment alone", "news", sse.Event{Comment: "x"}, broker.ErrEvent},
			{"the name gap", "news", sse.Event{Name: "gap"}, broker.ErrEvent},
			{"the name end", "news", sse.Event{Name: "end"}, broker.ErrEvent},
			{"the name open", "news", sse.Event{Name: "open"}, broker.ErrEvent},
			{"the name error", "news", sse.Event{Name: "error"}, broker.ErrEvent},
			{"a name of two lines", "news", sse.Event{Name: "a\nb"}, sse.ErrEventName},
			{"a topic without a name", "", sse.Event{}, broker.ErrTopic},
			{"a topic with a space", "the news", sse.Event{}, broker.ErrTopic},
			{"a topic that is a pattern", "news.*", sse.Event{}, broker.ErrTopic},
			{"a topic that is all topics", "news.>", sse.Event{}, broker.ErrTopic},
			{"a topic outside ASCII", "n\u00e9ws", sse.Event{}, broker.ErrTopic},
			{"a topic of 129 bytes", string(make([]byte, 129)), sse.Event{}, broker.ErrTopic},
		} {
			t.Run(c.name+" is refused", func(t *testing.T) {
				if id, err := s.Publish(t.Context(), c.topic, c.event); !errors.Is(err, c.want) || id != "" {
					t.Errorf("Publish() = %q, %v, want %v", id, err, c.want)
				}
			})
		}
		if got := s.Stats().Topics; got != 0 {
			t.Errorf("Stats().Topics = %d, want 0", got)
		}
		if c := s.ask(t, "the news", ""); c.res.StatusCode != http.StatusNotFound {
			t.Errorf("status = %d, want 404", c.res.StatusCode)
		}
	})
}
