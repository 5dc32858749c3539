package ssebench_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	gosse "github.com/tmaxmax/go-sse"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

func TestAheadInFanOut(t *testing.T) {
	for _, c := range fanOuts {
		ahead(t, []contest{c.contest(t)})
	}
}

// BenchmarkFanOut shows how many events subscribers receive in a second, all of
// them together.
func BenchmarkFanOut(b *testing.B) {
	for _, c := range fanOuts {
		contest := c.contest(b)
		for _, side := range []struct {
			name string
			f    func(testing.TB)
		}{{"rivulet", contest.ours}, {"go-sse", contest.theirs}} {
			b.Run(contest.name+"/"+side.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					side.f(b)
				}
				b.ReportMetric(float64(b.N*c.events*c.subscribers)/b.Elapsed().Seconds(), "deliveries/s")
			})
		}
	}
}

// BenchmarkOneByOne compares the time, and the CPU time, of events that are
// published one after the other. A ratio is the median of ten runs. The budget is
// what go-sse takes.
func BenchmarkOneByOne(b *testing.B) {
	for _, c := range fanOuts {
		if !c.await {
			continue
		}
		contest := c.contest(b)
		b.Run(contest.name, func(b *testing.B) {
			for b.Loop() {
				var times, cpu []float64
				for range 10 {
					contest.clock = clock
					times = append(times, testkit.Median(contest.ratios(b, 10)))
					contest.clock = testkit.CPU
					cpu = append(cpu, testkit.Median(contest.ratios(b, 10)))
				}
				testkit.Budget(b, "time-ratio", times, 1)
				testkit.Budget(b, "cpu-ratio", cpu, 1)
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// A fanOut has so many subscribers receive so many events over connections of
// their own. Both sides retain events for clients that come back.
type fanOut struct {
	subscribers, events, size int
	await                     bool // an event is published when all have received the one before
}

var fanOuts = []fanOut{
	{subscribers: 10, events: 200, size: 100},
	{subscribers: 200, events: 50, size: 100},
	{subscribers: 200, events: 50, size: 2 << 10},
	{subscribers: 10, events: 100, size: 100, await: true},
	{subscribers: 200, events: 10, size: 100, await: true},
}

func (f fanOut) String() string {
	s := fmt.Sprintf("%d events of %d bytes for %d subscribers", f.events, f.size, f.subscribers)
	if f.await {
		s += ", one after the other"
	}
	return s
}

// mark stands once in each event, and nowhere else.
const mark = '#'

func (f fanOut) contest(t testing.TB) contest {
	data := string(mark) + strings.Repeat("x", f.size-1)
	var b broker.Broker
	topic := b.Topic("prices")
	ours := f.crowd(t, topic.Handler(), func(data string) error {
		_, err := topic.Publish(context.Background(), sse.Event{Data: data})
		return err
	})
	replayer, err := gosse.NewFiniteReplayer(1024, true)
	if err != nil {
		t.Fatal(err)
	}
	server := &gosse.Server{Provider: &gosse.Joe{Replayer: replayer}}
	theirs := f.crowd(t, server, func(data string) error {
		var m gosse.Message
		m.AppendData(data)
		return server.Publish(&m)
	})
	most := 0.0
	if f.await {
		// Both then write once for each subscriber and event, and do little
		// else, and a busy machine disturbs this one most.
		most = 1.5
	}
	return contest{
		name:   f.String(),
		most:   most,
		clock:  clock,
		ours:   func(t testing.TB) { ours.send(t, f, data) },
		theirs: func(t testing.TB) { theirs.send(t, f, data) },
	}
}

var epoch = time.Now()

// clock is for what waits for other goroutines.
func clock() time.Duration { return time.Since(epoch) }

// A crowd is some subscribers.
type crowd struct {
	publish  func(data string) error
	received atomic.Int64 // by all of them
	wanted   atomic.Int64
	all      chan struct{} // has what is wanted
}

// crowd connects the subscribers.
func (f fanOut) crowd(t testing.TB, h http.Handler, publish func(string) error) *crowd {
	server := httptest.NewServer(h)
	c := &crowd{publish: publish, all: make(chan struct{}, 1)}
	var conns []net.Conn
	t.Cleanup(func() {
		for _, conn := range conns {
			_ = conn.Close()
		}
		server.CloseClientConnections()
		server.Close()
	})
	connected := make(chan struct{}, f.subscribers)
	for range f.subscribers {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, conn)
		if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: test\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		go c.receive(conn, connected) // ends when the connection is closed
	}
	for n := 0; n < f.subscribers; {
		// go-sse sends the headers with the first event.
		if err := publish("hello"); err != nil {
			t.Fatal(err)
		}
		select {
		case <-connected:
			n++
		case <-time.After(10 * time.Millisecond):
		}
	}
	return c
}

func (c *crowd) receive(conn net.Conn, connected chan<- struct{}) {
	buf := make([]byte, 16<<10)
	for first := true; ; first = false {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		if first {
			connected <- struct{}{}
		}
		if k := bytes.Count(buf[:n], []byte{mark}); k > 0 && c.received.Add(int64(k)) == c.wanted.Load() {
			c.all <- struct{}{}
		}
	}
}

// send publishes the events and waits until all have been received.
func (c *crowd) send(t testing.TB, f fanOut, data string) {
	batch := f.events
	if f.await {
		batch = 1
	}
	for range f.events / batch {
		c.wanted.Add(int64(batch * f.subscribers))
		for range batch {
			if err := c.publish(data); err != nil {
				t.Fatal(err)
			}
		}
		select {
		case <-c.all:
		case <-time.After(time.Minute):
			t.Fatalf("received %d events, want %d", c.received.Load(), c.wanted.Load())
		}
	}
}
