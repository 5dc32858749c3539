package broker_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// TestRandomHistories publishes, subscribes, cuts, stops reading and waits at
// random and compares what each subscriber receives with a model: all that was
// ever published, and what of it may have been dropped.
func TestRandomHistories(t *testing.T) {
	n := 300
	if testing.Short() || raceEnabled {
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

// A known is an id that somebody may come back with.
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
		// No more than who reads may be behind until it does.
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

// A visitor is a subscriber and the ResponseWriter that it is served with.
type visitor struct {
	*history
	topic  *modelTopic
	from   int  // the index of the event that is due
	now    int  // what it was for who has seen all
	gap    bool // is due
	slowed bool // it has stopped reading
	left   bool
	cancel context.CancelFunc
	gone   <-chan struct{}
	header http.Header

	mu       sync.Mutex
	blocked  chan struct{} // nil: it reads
	received strings.Builder
	ended    bool
}

func (v *visitor) Header() http.Header { return v.header }
func (v *visitor) WriteHeader(int)     {}
func (v *visitor) Flush()              {}

func (v *visitor) Write(p []byte) (int, error) {
	v.mu.Lock()
	blocked := v.blocked
	v.mu.Unlock()
	if blocked != nil {
		select {
		case <-blocked:
		case <-v.gone:
			return 0, context.Canceled
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.received.Write(p)
}

func (v *visitor) leave() {
	v.left = true
	v.cancel()
}

func (v *visitor) stop() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.blocked == nil {
		v.blocked, v.slowed = make(chan struct{}), true
	}
}

func (v *visitor) read() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.blocked != nil {
		close(v.blocked)
		v.blocked = nil
	}
}

// check takes what has been received. Nothing may be missing, nothing may come
// twice, and who reads and is there has all.
func (v *visitor) check() {
	v.mu.Lock()
	defer v.mu.Unlock()
	blocks := strings.Split(v.received.String(), "\n\n")
	v.received.Reset()
	for _, block := range blocks[:len(blocks)-1] {
		if gap := strings.Contains(block, "event: gap"); gap {
			if !v.gap && !v.topic.forgotten {
				v.Errorf("a gap before %d that there is not: %q", v.from, block)
			}
			v.gap, v.from = false, v.now
			continue
		}
		_, data, _ := strings.Cut(block, "data: ")
		data, id, _ := strings.Cut(data, "\nid: ")
		i, err := strconv.Atoi(data)
		switch {
		case err != nil || i >= len(v.topic.ids) || v.topic.ids[i] != id:
			v.Errorf("received %q, which was not published", block)
		case v.gap:
			v.Errorf("received %d without being told of a gap", i)
		case i < v.from || i > v.from && !(v.slowed && v.b.Slow == broker.DropOldest):
			v.Errorf("received %d, want %d", i, v.from)
		}
		v.from = i + 1
	}
	if v.ended {
		if !v.slowed && !v.left {
			v.Error("the stream has ended without a reason")
		}
		return
	}
	skipped := v.slowed && v.b.Slow == broker.DropOldest && v.topic.oldest(v.b.Retain) == len(v.topic.ids)
	if v.blocked == nil && v.from < len(v.topic.ids) && !skipped {
		v.Errorf("%d has not come, of %d", v.from, len(v.topic.ids))
	}
	if v.blocked == nil && v.gap {
		v.Error("a gap has not been told of")
	}
}
