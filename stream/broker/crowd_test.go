package broker_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// A crowd is a topic with many subscribers behind a real server. Their
// connections are in memory, so that ten thousand of them need neither file
// descriptors nor goroutines of clients: a client has an event at the moment when
// the server writes it. Stuck clients have real connections.
type crowd struct {
	b       *broker.Broker
	topic   broker.Topic
	server  *http.Server
	served  sync.WaitGroup
	url     string // of TCP
	start   string // before a backlog that no connection has room for
	sinks   []*sink
	timed   bool         // sinks note how long events took
	missing atomic.Int64 // deliveries of what is published
	done    chan struct{}
	writing atomic.Int64 // real connections that are being written to
}

func newCrowd(tb testing.TB, subscribers int) *crowd {
	tb.Helper()
	c := &crowd{
		b: &broker.Broker{
			Retain: broker.Retention{Count: 1 << 20, Bytes: 64 << 20},
			Stream: sse.Options{WriteTimeout: -1, Heartbeat: -1},
		},
		done: make(chan struct{}, 1),
	}
	c.topic = c.b.Topic("news")
	var err error
	if c.start, err = c.topic.Position(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	for range 32 {
		if _, err := c.topic.Publish(tb.Context(), sse.Event{Data: strings.Repeat("x", 64<<10)}); err != nil {
			tb.Fatal(err)
		}
	}
	c.server = &http.Server{Handler: c.noting(c.topic.Handler()), ConnContext: func(ctx context.Context, conn net.Conn) context.Context {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetWriteBuffer(1)
		}
		return ctx
	}}
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	c.url = tcp.Addr().String()
	conns := &sinkListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	c.served.Go(func() { _ = c.server.Serve(tcp) })
	c.served.Go(func() { _ = c.server.Serve(conns) })
	for range subscribers {
		s := &sink{crowd: c, request: strings.NewReader("GET / HTTP/1.1\r\nHost: site\r\n\r\n"), closed: make(chan struct{})}
		c.sinks = append(c.sinks, s)
		conns.conns <- s
	}
	c.await(tb, "subscribers", func() int { return c.b.Stats().Subscribers }, subscribers)
	return c
}

// noting counts the writes to real connections that are under way.
func (c *crowd) noting(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Last-Event-ID") != "" {
			w = notedWriter{w, &c.writing}
		}
		h.ServeHTTP(w, r)
	})
}

type notedWriter struct {
	http.ResponseWriter
	writing *atomic.Int64
}

func (w notedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w notedWriter) Write(p []byte) (int, error) {
	w.writing.Add(1)
	defer w.writing.Add(-1)
	return w.ResponseWriter.Write(p)
}

// close ends all and waits for it.
func (c *crowd) close(tb testing.TB) {
	tb.Helper()
	if err := c.b.Shutdown(tb.Context()); err != nil {
		tb.Errorf("Shutdown() = %v, want nil", err)
	}
	if err := c.server.Shutdown(tb.Context()); err != nil {
		tb.Errorf("http.Server.Shutdown() = %v, want nil", err)
	}
	c.served.Wait()
}

// await waits until there are so many of something.
func (c *crowd) await(tb testing.TB, what string, count func() int, want int) {
	tb.Helper()
	for end := time.Now().Add(time.Minute); count() != want; runtime.Gosched() {
		if time.Now().After(end) {
			tb.Fatalf("%d %s, want %d", count(), what, want)
		}
	}
}

// stick adds clients that ask for the backlog and never read. It returns what
// takes them away again.
func (c *crowd) stick(tb testing.TB, n int) (leave func()) {
	tb.Helper()
	conns := make([]net.Conn, n)
	for i := range conns {
		conn, err := net.Dial("tcp", c.url)
		if err != nil {
			tb.Fatal(err)
		}
		_ = conn.(*net.TCPConn).SetReadBuffer(1)
		if _, err := fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: site\r\nLast-Event-ID: %s\r\n\r\n", c.start); err != nil {
			tb.Fatal(err)
		}
		conns[i] = conn
	}
	writing := func() int { return int(c.writing.Load()) }
	c.await(tb, "clients are stuck", writing, n)
	return func() {
		if writing() != n {
			tb.Errorf("%d clients are still stuck, want %d", writing(), n)
		}
		for _, conn := range conns {
			_ = conn.Close()
		}
		c.await(tb, "subscribers", func() int { return c.b.Stats().Subscribers }, len(c.sinks))
	}
}

// burst publishes so many events, all but the first while the crowd is being
// woken, and waits for their delivery. It returns how long each took.
func (c *crowd) burst(tb testing.TB, events int) (took durations) {
	c.missing.Store(int64(events * len(c.sinks)))
	for range events {
		start := now()
		if _, err := c.topic.Publish(context.Background(), sse.Event{Data: strconv.Itoa(int(start))}); err != nil {
			tb.Fatal(err)
		}
		took = append(took, now()-start)
	}
	select {
	case <-c.done:
	case <-time.After(time.Minute):
		tb.Fatalf("%d deliveries are missing", c.missing.Load())
	}
	return took
}

// rest returns how long deliveries took, and forgets it.
func (c *crowd) rest() (took durations) {
	for _, s := range c.sinks {
		took = append(took, s.took...)
		s.took = s.took[:0]
	}
	return took
}

var epoch = time.Now()

// now is a time that fits into an event.
func now() time.Duration { return time.Since(epoch) }

// TestCrowd checks that a hundred stuck clients do not slow down others. The p99
// of publishing, and the p99 of delivery to ten thousand others, may be at most a
// tenth higher with stuck clients than without.
//
// Bursts with and without stuck clients alternate. For delivery, the test
// compares the medians of the bursts' p99. For publishing, which has few samples
// of some microseconds, it compares the p99 of all samples, with 20 us of slack.
// Other programs on the machine change a burst by a half and more, so there are
// more bursts, for up to 25 s, until the figures fit. If anything waited for a
// stuck client, the test would not end at all.
func TestCrowd(t *testing.T) {
	const tolerance, slack = 1.1, 20 * time.Microsecond
	subscribers, stuck, least := 9900, 100, 10
	if testkit.Race || testing.Short() {
		subscribers, stuck, least = 900, 50, 4
	}
	before := runtime.NumGoroutine()
	c := newCrowd(t, subscribers)
	c.timed = true
	var with, without tally
	for range 10 { // connections, buffers and stacks grow
		without.note(t, c)
	}
	without = tally{}
	fits := func() bool {
		return testkit.Race || // which is slower than anything else
			float64(with.publishing.p99()-slack) <= tolerance*float64(without.publishing.p99()) &&
				float64(with.delivery.median()) <= tolerance*float64(without.delivery.median())
	}
	for end := time.Now().Add(25 * time.Second); len(with.delivery) < least || !fits() && time.Now().Before(end); {
		without.note(t, c)
		leave := c.stick(t, stuck)
		with.note(t, c)
		with.note(t, c)
		leave()
		without.note(t, c)
	}
	t.Logf("%d bursts: p99 of publishing %v with stuck clients, %v without; of delivery %v and %v", len(with.delivery),
		with.publishing.p99(), without.publishing.p99(), with.delivery.median(), without.delivery.median())
	if !fits() {
		t.Error("stuck clients are felt by others")
	}
	c.close(t)
	if !testkit.GoroutinesEnd(before) {
		t.Errorf("%d goroutines are left, want %d", runtime.NumGoroutine(), before)
	}
}

// A tally holds the times of a crowd.
type tally struct {
	publishing durations // of each event
	delivery   durations // p99 of each burst
}

// note publishes a burst and records its times.
func (t *tally) note(tb testing.TB, c *crowd) {
	t.publishing = append(t.publishing, c.burst(tb, 10)...)
	t.delivery = append(t.delivery, c.rest().p99())
}

type durations []time.Duration

func (d durations) median() time.Duration { return d.quantile(50) }
func (d durations) p99() time.Duration    { return d.quantile(99) }

func (d durations) quantile(percent int) time.Duration {
	d = slices.Sorted(slices.Values(d))
	return d[len(d)*percent/100]
}
