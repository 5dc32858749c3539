package broker_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// TestRandomHistories publishes, subscribes, cuts, stops reading and waits at
// random. It compares the events that each subscriber receives with a model: all
// events that were published, and which of them may have been dropped.
func TestRandomHistories(t *testing.T) {
	n := 300
	if testkit.Fewer(t) {
		n = 60
	}
	first := rand.Uint64()
	for seed := first; seed < first+uint64(n); seed++ {
		synctest.Test(t, func(t *testing.T) {
			h := newHistory(t, seed)
			for range 150 {
				h.step()
			}
			h.end()
		})
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// A history is a broker and its model.
type history struct {
	*testing.T
	*rand.Rand
	b        *broker.Broker
	topics   []*modelTopic
	visitors []*visitor
	running  sync.WaitGroup
}

type modelTopic struct {
	broker.Topic
	ids       []string    // of all events; their data is the index
	at        []time.Time // when they were published
	forgotten bool        // it may have been, so that there may be a gap without need
	known     []known
}

// A known is an id that a client may send when it reconnects.
type known struct {
	id   string
	next int // the index of the event after it
}

func newHistory(t *testing.T, seed uint64) *history {
	r := rand.New(rand.NewPCG(seed, 0))
	h := &history{T: t, Rand: r, b: &broker.Broker{
		Retain: broker.Retention{Count: 1 + r.IntN(12), Age: time.Minute},
		Queue:  r.IntN(8),
		Slow:   broker.Policy(r.IntN(2)),
		Stream: sse.Options{Heartbeat: -1},
	}}
	for _, name := range []string{"a", "b"} {
		h.topics = append(h.topics, &modelTopic{Topic: h.b.Topic(name)})
	}
	return h
}

func (h *history) step() {
	m := h.topics[h.IntN(len(h.topics))]
	switch h.IntN(12) {
	case 0, 1, 2, 3:
		// No more events than a reader may be behind until it reads again.
		most := min(4, h.b.Retain.Count)
		if h.b.Queue > 0 {
			most = min(most, h.b.Queue)
		}
		for range 1 + h.IntN(most) {
			h.publish(m)
		}
	case 4, 5:
		h.visit(m)
	case 6:
		id, err := m.Position(h.Context())
		if err != nil {
			h.Fatal(err)
		}
		m.known = append(m.known, known{id, len(m.ids)})
	case 7, 8, 9:
		if len(h.visitors) > 0 {
			v := h.visitors[h.IntN(len(h.visitors))]
			switch h.IntN(3) {
			case 0:
				v.leave()
			case 1:
				v.stop()
			default:
				v.read()
			}
		}
	case 10:
		time.Sleep(time.Duration(h.IntN(40)) * time.Second)
	case 11:
		if h.IntN(8) == 0 {
			time.Sleep(2 * time.Minute)
		}
	}
	synctest.Wait()
	if h.b.Stats().Topics < len(h.topics) {
		for _, m := range h.topics {
			m.forgotten = true
		}
	}
	for _, v := range h.visitors {
		v.check()
	}
}

func (h *history) publish(m *modelTopic) {
	id, err := m.Publish(h.Context(), sse.Event{Data: strconv.Itoa(len(m.ids))})
	if err != nil {
		h.Fatal(err)
	}
	m.ids, m.at = append(m.ids, id), append(m.at, time.Now())
	m.known = append(m.known, known{id, len(m.ids)})
}

// oldest returns the index of the first event that is retained.
func (m *modelTopic) oldest(keep broker.Retention) int {
	i := max(0, len(m.ids)-keep.Count)
	for i < len(m.ids) && time.Since(m.at[i]) >= keep.Age {
		i++
	}
	return i
}

// visit begins a subscription after something.
func (h *history) visit(m *modelTopic) {
	after, from, gap := "", len(m.ids), false
	other := h.topics[h.IntN(len(h.topics))]
	switch {
	case h.IntN(4) == 0 || len(other.known) == 0:
	case h.IntN(8) == 0:
		after, gap = fmt.Sprintf("garbage-%d", h.IntN(10)), true
	default:
		k := other.known[max(h.IntN(len(other.known)), h.IntN(len(other.known)))]
		after, gap = k.id, other != m
		if !gap && k.next >= m.oldest(h.b.Retain) {
			from = k.next
		} else {
			gap = true
		}
	}
	ctx, cancel := context.WithCancel(h.Context())
	v := &visitor{history: h, topic: m, from: from, now: len(m.ids), gap: gap, cancel: cancel, gone: ctx.Done(), header: http.Header{}}
	r := httptest.NewRequest("GET", "/", nil).WithContext(ctx)
	if after != "" {
		r.Header.Set("Last-Event-ID", after)
	}
	h.visitors = append(h.visitors, v)
	h.running.Go(func() {
		defer func() {
			if p := recover(); p != nil && p != http.ErrAbortHandler {
				panic(p)
			}
			v.mu.Lock()
			v.ended = true
			v.mu.Unlock()
		}()
		m.Handler().ServeHTTP(v, r)
	})
}

func (h *history) end() {
	for _, v := range h.visitors {
		v.read()
	}
	synctest.Wait()
	if err := h.b.Shutdown(h.Context()); err != nil {
		h.Errorf("Shutdown() = %v, want nil", err)
	}
	h.running.Wait()
	for _, v := range h.visitors {
		v.cancel()
	}
	if s := h.b.Stats(); s.Subscribers != 0 || s.Topics != 0 {
		h.Errorf("Stats() = %+v after the end", s)
	}
}
