package natsbroker_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker/embedded"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// patience is how long something may take that comes soon.
const patience = 20 * time.Second

// newNode returns a broker of its own connection. It is shut down with the test.
func newNode(t testing.TB, o natsbroker.Options) *broker.Broker {
	t.Helper()
	b := &broker.Broker{Log: open(t, o), Stream: sse.Options{Heartbeat: 100 * time.Millisecond}}
	t.Cleanup(func() { shutdown(t, b) })
	return b
}

func shutdown(t testing.TB, b *broker.Broker) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := b.Shutdown(ctx); err != nil {
		t.Errorf("Shutdown() = %v, want nil", err)
	}
}

// serve serves a topic until the test ends.
func serve(t *testing.T, b *broker.Broker, topic string) *httptest.Server {
	s := httptest.NewServer(b.Topic(topic).Handler())
	t.Cleanup(func() { shutdown(t, b); s.Close() })
	return s
}

// until waits until something is so. It asks often, but leaves the processor to
// what is waited for.
func until(t testing.TB, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within %v", what, patience)
		}
	}
}

func TestMovingBetweenNodes(t *testing.T) {
	const moves = 200
	s := newServer(t, embedded.Options{})
	o := natsbroker.Options{Server: s, Stream: "MOVES"}
	nodes := []*broker.Broker{newNode(t, o), newNode(t, o)}
	var servers []string
	for _, n := range nodes {
		servers = append(servers, serve(t, n, "news").Listener.Addr().String())
	}
	p := newProxy(t, moves, servers...)
	start, err := nodes[1].Topic("news").Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var received atomic.Int64
	var published int64
	var all sync.WaitGroup
	all.Go(func() {
		publish := func(data string) {
			if _, err := nodes[published%2].Topic("news").Publish(t.Context(), sse.Event{Data: data}); err != nil {
				t.Errorf("Publish() = %v, want nil", err)
			}
			published++
		}
		for p.cuts.Load() > 0 && t.Context().Err() == nil && !t.Failed() {
			if published > received.Load()+20 {
				time.Sleep(time.Millisecond)
				continue
			}
			if _, err := nodes[0].Topic("weather").Publish(t.Context(), sse.Event{Data: "rain"}); err != nil {
				t.Errorf("Publish() = %v, want nil", err)
			}
			publish(fmt.Sprint(published, " ", strings.Repeat("x", int(published*37%300))))
		}
		publish("end")
	})
	got := 0
	last, connections := start, 0
	for done := false; !done && !t.Failed(); connections++ {
		done, last = readFrom(t, patience, p.Addr().String(), last, func(e sse.Event) bool {
			if e.Data == "end" {
				return true
			}
			if n, _, _ := strings.Cut(e.Data, " "); n != strconv.Itoa(got) || e.Name != "" {
				t.Errorf("after %d events came %.40q, named %q", got, e.Data, e.Name)
			}
			got++
			received.Add(1)
			return false
		})
	}
	all.Wait()
	if int64(got) != published-1 {
		t.Errorf("%d events came, want %d", got, published-1)
	}
	if connections < moves {
		t.Errorf("%d connections, want %d", connections, moves)
	}
	t.Logf("%d events over %d connections", got, connections)
}

// readFrom reads a stream until f has enough or the stream ends, which must be
// within a time.
func readFrom(t *testing.T, within time.Duration, addr, after string, f func(sse.Event) bool) (done bool, last string) {
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", "http://"+addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Close = true
	r.Header.Set("Last-Event-ID", after)
	transport := &http.Transport{DisableKeepAlives: true}
	res, err := transport.RoundTrip(r)
	if err != nil {
		return false, after
	}
	defer func() { _ = res.Body.Close() }()
	for e, err := range sse.NewReader(res.Body).Events() {
		if ctx.Err() != nil {
			t.Errorf("not all came in %v", within)
		}
		if err != nil {
			return false, after
		}
		if e.ID != "" {
			after = e.ID
		}
		if f(e) {
			return true, after
		}
	}
	return false, after
}

// freeAddr returns an address that nobody listens on.
func freeAddr(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func TestNATSStopsAndStartsUnderLoad(t *testing.T) {
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
			st := nodes[0].Stats().Log
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
	if nodes[0].Stats().Log.Restarts == 0 {
		t.Error("there were no restarts")
	}
}
