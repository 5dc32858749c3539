package broker_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// A sharedStore is a Store in memory, for two brokers in one process. It reports
// its events when the test says so.
type sharedStore struct {
	mu     sync.Mutex
	life   string
	events []logged
	away   bool
	feeds  map[string][]*broker.Feed
}

type logged struct {
	topic string
	event sse.Event
	end   bool
}

func (s *sharedStore) Retention() broker.Retention { return broker.Retention{} }
func (s *sharedStore) Stats() broker.StoreStats    { return broker.StoreStats{Connected: !s.away} }

func (s *sharedStore) Append(ctx context.Context, topic string, e sse.Event) (broker.Mark, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		return broker.Mark{}, broker.ErrUnavailable
	}
	if ctx.Err() != nil {
		return broker.Mark{}, ctx.Err()
	}
	if slices.ContainsFunc(s.events, func(l logged) bool { return l.topic == topic && l.end }) {
		return broker.Mark{}, broker.ErrEnded
	}
	s.events = append(s.events, logged{topic, e, false})
	return broker.Mark{Life: s.life, Number: uint64(len(s.events))}, nil
}

func (s *sharedStore) AppendAfter(context.Context, string, uint64, sse.Event) (broker.Mark, bool, error) {
	return broker.Mark{}, false, errors.ErrUnsupported // no test has a run
}

func (s *sharedStore) End(_ context.Context, topic string) (broker.Mark, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		return broker.Mark{}, broker.ErrUnavailable
	}
	i := slices.IndexFunc(s.events, func(l logged) bool { return l.topic == topic && l.end })
	if i < 0 {
		i = len(s.events)
		s.events = append(s.events, logged{topic, sse.Event{}, true})
	}
	return broker.Mark{Life: s.life, Number: uint64(i + 1)}, nil
}

func (s *sharedStore) Last(context.Context) (broker.Mark, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		return broker.Mark{}, broker.ErrUnavailable
	}
	return broker.Mark{Life: s.life, Number: uint64(len(s.events))}, nil
}

func (s *sharedStore) Follow(ctx context.Context, topic string, f *broker.Feed) {
	s.mu.Lock()
	s.feeds[topic] = append(s.feeds[topic], f)
	s.mu.Unlock()
	<-ctx.Done()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.feeds[topic] = slices.DeleteFunc(s.feeds[topic], func(g *broker.Feed) bool { return f == g })
}

// tell tells the feeds of a topic what the store has after a number.
func (s *sharedStore) tell(topic string, after uint64) {
	defer synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.feeds[topic] {
		f.Start(broker.Mark{Life: s.life, Number: after})
		for i, e := range s.events {
			switch number := uint64(i + 1); {
			case number <= after || e.topic != topic:
			case e.end:
				f.End(number)
			default:
				f.Event(number, e.event)
			}
		}
		f.Through(uint64(len(s.events)))
	}
}

// A hearing is the record of a subscriber in this process.
type hearing struct {
	mu  sync.Mutex
	got []string
}

func (h *hearing) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.Join(h.got, " ")
}

func hear(ctx context.Context, b *broker.Broker, topic, after string) *hearing {
	h := new(hearing)
	events := b.Topic(topic).Subscribe(ctx, after)
	go func() { // waited for by the bubble
		for e, err := range events {
			said := e.Data
			switch {
			case errors.Is(err, broker.ErrGap):
				said = "GAP"
			case err != nil:
				return
			}
			h.mu.Lock()
			h.got = append(h.got, said)
			h.mu.Unlock()
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		h.got = append(h.got, "EOF")
	}()
	synctest.Wait()
	return h
}

func TestStore(t *testing.T) {
	const topic = "news"
	run := func(name string, f func(t *testing.T, s *sharedStore, a, b *broker.Broker)) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &sharedStore{life: "one", feeds: map[string][]*broker.Feed{}}
				a, b := &broker.Broker{Store: s}, &broker.Broker{Store: s}
				f(t, s, a, b)
				for _, b := range []*broker.Broker{a, b} {
					if err := b.Shutdown(t.Context()); err != nil {
						t.Errorf("Shutdown() = %v, want nil", err)
					}
				}
				if len(s.feeds[topic]) > 0 {
					t.Error("a topic is followed after Shutdown")
				}
			})
		})
	}
	want := func(t *testing.T, h *hearing, want string) {
		t.Helper()
		synctest.Wait()
		if got := h.String(); got != want {
			t.Errorf("heard %q, want %q", got, want)
		}
	}
	run("a process that lags behind an id waits for what the other had", func(t *testing.T, s *sharedStore, a, b *broker.Broker) {
		position, err := a.Topic(topic).Position(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		first := hear(t.Context(), b, topic, position)
		s.tell(topic, 0)
		publish(t, a.Topic(topic), "one")
		id := publish(t, a.Topic(topic), "two")
		late := hear(t.Context(), b, topic, id)
		publish(t, a.Topic(topic), "three")
		want(t, late, "")
		s.tell(topic, 0)
		want(t, first, "one two three")
		want(t, late, "three")
	})
	run("what is retained is no news to who comes without an id", func(t *testing.T, s *sharedStore, a, b *broker.Broker) {
		publish(t, a.Topic(topic), "old")
		h := hear(t.Context(), b, topic, "")
		publish(t, a.Topic(topic), "new")
		s.tell(topic, 0)
		want(t, h, "new")
	})
	run("one that goes on where it was tells nothing twice", func(t *testing.T, s *sharedStore, a, b *broker.Broker) {
		h := hear(t.Context(), b, topic, "")
		s.tell(topic, 0)
		publish(t, a.Topic(topic), "one")
		s.tell(topic, 0)
		want(t, h, "one")
		publish(t, a.Topic(topic), "two")
		s.tell(topic, 1)
		s.tell(topic, 2)
		want(t, h, "one two")
	})
	run("what it has missed is a gap to who is there, and to who comes with an id from before", func(t *testing.T, s *sharedStore, a, b *broker.Broker) {
		h := hear(t.Context(), b, topic, "")
		s.tell(topic, 0)
		id := publish(t, a.Topic(topic), "one")
		publish(t, a.Topic(topic), "dropped")
		publish(t, a.Topic(topic), "three")
		s.tell(topic, 2)
		want(t, h, "GAP three")
		want(t, hear(t.Context(), b, topic, id), "GAP")
	})
	run("another life of the store is a gap", func(t *testing.T, s *sharedStore, a, b *broker.Broker) {
		h := hear(t.Context(), b, topic, "")
		s.tell(topic, 0)
		id := publish(t, a.Topic(topic), "one")
		s.tell(topic, 0)
		s.mu.Lock()
		s.life, s.events = "two", nil
		s.mu.Unlock()
		publish(t, a.Topic(topic), "first")
		s.tell(topic, 0)
		want(t, h, "one GAP first")
		want(t, hear(t.Context(), b, topic, id), "GAP")
	})
	run("the end of a topic reaches the subscribers of the other process", func(t *testing.T, s *sharedStore, a, b *broker.Broker) {
		h := hear(t.Context(), b, topic, "")
		s.tell(topic, 0)
		publish(t, a.Topic(topic), "one")
		if err := a.Topic(topic).End(t.Context()); err != nil {
			t.Errorf("End() = %v, want nil", err)
		}
		if _, err := b.Topic(topic).Publish(t.Context(), sse.Event{}); !errors.Is(err, broker.ErrEnded) {
			t.Errorf("Publish() = %v, want %v", err, broker.ErrEnded)
		}
		s.tell(topic, 0)
		want(t, h, "one EOF")
		if n := b.Stats().Subscribers; n != 0 {
			t.Errorf("Stats().Subscribers = %d, want 0", n)
		}
	})
	run("a client is stopped when the store has reported that the topic has ended, and waits 2 s for that", func(t *testing.T, s *sharedStore, a, b *broker.Broker) {
		id := publish(t, a.Topic(topic), "one")
		if err := a.Topic(topic).End(t.Context()); err != nil {
			t.Errorf("End() = %v, want nil", err)
		}
		end, err := a.Topic(topic).Position(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ask := func(after string) (*httptest.ResponseRecorder, func()) {
			ctx, leave := context.WithCancel(t.Context())
			w := httptest.NewRecorder()
			r := httptest.NewRequestWithContext(ctx, "GET", "/", nil)
			r.Header.Set("Last-Event-ID", after)
			done := make(chan bool)
			go func() { // waited for by leave
				defer close(done)
				b.Topic(topic).Handler().ServeHTTP(w, r)
			}()
			synctest.Wait()
			return w, func() { leave(); <-done }
		}
		w, leave := ask(end)
		time.Sleep(time.Second)
		s.tell(topic, 0)
		if leave(); w.Code != http.StatusNoContent {
			t.Errorf("status = %d, want 204", w.Code)
		}
		w, leave = ask(end)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		s.tell(topic, 0)
		if leave(); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "data") {
			t.Errorf("response = %d %q, want a stream without events", w.Code, w.Body)
		}
		w, leave = ask(id)
		s.tell(topic, 0)
		if leave(); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "event: end\ndata: \nid: "+end+"\n\n") {
			t.Errorf("response = %d %q, want the end %s", w.Code, w.Body, end)
		}
	})
	run("what is published after Shutdown reaches the other process", func(t *testing.T, s *sharedStore, a, b *broker.Broker) {
		h := hear(t.Context(), b, topic, "")
		if err := a.Shutdown(t.Context()); err != nil {
			t.Errorf("Shutdown() = %v, want nil", err)
		}
		publish(t, a.Topic(topic), "late")
		s.tell(topic, 0)
		want(t, h, "late")
	})
	run("while it is away nothing is published, and who comes is told of a gap when it is back", func(t *testing.T, s *sharedStore, a, b *broker.Broker) {
		s.away = true
		if _, err := a.Topic(topic).Publish(t.Context(), sse.Event{}); !errors.Is(err, broker.ErrUnavailable) {
			t.Errorf("Publish() = %v, want %v", err, broker.ErrUnavailable)
		}
		h := hear(t.Context(), b, topic, "")
		want(t, h, "")
		if got := b.Stats().Store; got.Connected || got.Behind != 1 {
			t.Errorf("Stats().Store = %+v, want it away", got)
		}
		s.away = false
		s.tell(topic, 0)
		want(t, h, "GAP")
		if got := b.Stats().Store; !got.Connected || got.Behind != 0 {
			t.Errorf("Stats().Store = %+v, want it back", got)
		}
	})
	run("a topic is followed from its first subscriber to its last", func(t *testing.T, s *sharedStore, a, b *broker.Broker) {
		publish(t, b.Topic(topic), "x")
		ctx, leave := context.WithCancel(t.Context())
		for range 3 {
			hear(ctx, b, topic, "")
			if n := len(s.feeds[topic]); n != 1 {
				t.Errorf("followed %d times, want once", n)
			}
		}
		leave()
		synctest.Wait()
		if n := len(s.feeds[topic]); n != 0 || b.Stats().Topics != 0 {
			t.Errorf("followed %d times, want none: %+v", n, b.Stats())
		}
	})
	run("Publish is not ended by the request, and waits until its deadline", func(t *testing.T, s *sharedStore, a, b *broker.Broker) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := a.Topic(topic).Publish(ctx, sse.Event{}); err != nil {
			t.Errorf("Publish() = %v, want nil", err)
		}
	})
	run("Shutdown gives up an event that does not come", func(t *testing.T, s *sharedStore, a, b *broker.Broker) {
		h := hear(t.Context(), b, topic, "")
		s.tell(topic, 0)
		publish(t, b.Topic(topic), "one")
		start := time.Now()
		if err := b.Shutdown(t.Context()); err != nil {
			t.Errorf("Shutdown() = %v, want nil", err)
		}
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("it took %v, want 5s", took)
		}
		want(t, h, "")
	})
}

func TestStatsAsJSON(t *testing.T) {
	s := broker.Stats{Store: broker.StoreStats{Behind: 2, Err: broker.ErrUnavailable}}
	text, err := json.Marshal(s)
	if want := `"Store":{"Connected":false,"Behind":2,"Restarts":0,"Err":"broker: store unavailable"}`; err != nil || !strings.Contains(string(text), want) {
		t.Errorf("Marshal() = %s, %v, want %s in it", text, err, want)
	}
}
