package natsbroker_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker/embedded"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// A load is a publisher that uses nodes in turn, and subscribers that compare
// their events with the acknowledged ones: one subscriber on each node, and a
// client of the last node.
type load struct {
	t                  *testing.T
	nodes              []*broker.Broker
	acks, failures     atomic.Int64
	acked              []string
	received           [][]string
	stop               chan struct{}
	publisher, readers sync.WaitGroup
}

func newLoad(t *testing.T, nodes ...*broker.Broker) *load {
	l := &load{t: t, nodes: nodes, received: make([][]string, len(nodes)+1), stop: make(chan struct{})}
	server := serve(t, nodes[len(nodes)-1], "news")
	start, err := nodes[0].Topic("news").Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range nodes {
		l.readers.Go(func() {
			for e, err := range n.Topic("news").Subscribe(t.Context(), start) {
				if err != nil {
					t.Errorf("Subscribe() = %v", err)
					return
				}
				if l.note(i, e) {
					return
				}
			}
		})
	}
	l.readers.Go(func() {
		if done, _ := readFrom(t, 5*patience, server.Listener.Addr().String(), start, func(e sse.Event) bool { return l.note(len(nodes), e) }); !done {
			t.Error("a client was cut off")
		}
	})
	until(t, "subscribers", func() bool {
		n := 0
		for _, node := range nodes {
			n += node.Stats().Subscribers
		}
		return n == len(l.received)
	})
	l.publisher.Go(l.publish)
	return l
}

// note reports whether a reader has had all.
func (l *load) note(reader int, e sse.Event) bool {
	if e.Data == "end" {
		return true
	}
	if e.Name != "" {
		l.t.Errorf("reader %d: %+v", reader, e)
	}
	l.received[reader] = append(l.received[reader], e.Data)
	return false
}

func (l *load) publish() {
	for i := 0; ; i++ {
		select {
		case <-l.stop:
			return
		default:
		}
		ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
		_, err := l.nodes[i%len(l.nodes)].Topic("news").Publish(ctx, sse.Event{Data: strconv.Itoa(i)})
		cancel()
		switch {
		case err == nil:
			l.acked = append(l.acked, strconv.Itoa(i))
			l.acks.Add(1)
		case errors.Is(err, broker.ErrUnavailable):
			l.failures.Add(1)
		default:
			l.t.Errorf("Publish() = %v, want %v", err, broker.ErrUnavailable)
		}
	}
}

// more waits until a number of further events have been acknowledged.
func (l *load) more(events int64) {
	l.t.Helper()
	before := l.acks.Load()
	until(l.t, "publishing", func() bool { return l.acks.Load() >= before+events })
}

// end checks that each reader has received the acknowledged events in order, and
// none twice. Events that were not acknowledged may have arrived at any time.
func (l *load) end() {
	l.t.Helper()
	close(l.stop)
	l.publisher.Wait()
	publish(l.t, l.nodes[0], "news", "end")
	l.readers.Wait()
	for i, got := range l.received {
		next, seen := 0, map[string]bool{}
		for _, s := range got {
			if seen[s] {
				l.t.Fatalf("reader %d: %s came twice", i, s)
			}
			seen[s] = true
			if next < len(l.acked) && l.acked[next] == s {
				next++
			}
		}
		if next != len(l.acked) {
			l.t.Errorf("reader %d: %d of %d acknowledged events came in their order", i, next, len(l.acked))
		}
	}
	for _, n := range l.nodes {
		if st := n.Stats(); !st.Store.Connected || st.Store.Err != nil || st.Gaps != 0 {
			l.t.Errorf("Stats() = %+v after all", st)
		}
	}
	l.t.Logf("%d acknowledged, %d failed, %d came, %+v", len(l.acked), l.failures.Load(), len(l.received[0]), l.nodes[0].Stats().Store)
}

func TestNothingIsLostWhenNATSStopsUnderLoad(t *testing.T) {
	so := embedded.Options{Dir: t.TempDir(), Addr: freeAddr(t)}
	s, err := embedded.Start(so)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { s.Close() }()
	o := natsbroker.Options{URL: s.URL(), Stream: "RESTARTS", Retain: broker.Retention{Count: 100_000, Bytes: 64 << 20}}
	nodes := []*broker.Broker{newNode(t, o), newNode(t, o)}
	l := newLoad(t, nodes...)
	for round := range 3 {
		l.more(500)
		s.Close()
		until(t, "the state is seen", func() bool {
			st := nodes[0].Stats().Store
			return !st.Connected && errors.Is(st.Err, broker.ErrUnavailable) && st.Behind == 1
		})
		if round > 0 { // else those who wait see nothing but a delay
			n := l.failures.Load()
			until(t, "an error", func() bool { return l.failures.Load() > n })
		}
		if s, err = embedded.Start(so); err != nil {
			t.Fatal(err)
		}
	}
	l.more(500)
	l.end()
	if nodes[0].Stats().Store.Restarts == 0 {
		t.Error("there were no restarts")
	}
}
