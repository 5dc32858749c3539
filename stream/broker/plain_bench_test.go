package broker_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// BenchmarkBesidePlainWrites compares the server's CPU time for one event to ten
// thousand subscribers with that of ten thousand plain writes of the same bytes,
// each with a flush, by one goroutine and to the same connections: the median of
// the ratios of interleaved pairs. The clients are in a process of their own.
func BenchmarkBesidePlainWrites(b *testing.B) {
	const subscribers, pairs = 10_000, 15
	if !roomFor(subscribers) {
		b.Skipf("too few file descriptors for %d connections", subscribers)
	}
	br := &broker.Broker{Stream: sse.Options{Heartbeat: -1}}
	topic := br.Topic("news")
	var writers []*locked
	arrived := make(chan *locked)
	serve := topic.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l := &locked{ResponseWriter: w}
		arrived <- l
		serve.ServeHTTP(l, r)
	}))
	defer server.Close()
	defer func() { _ = br.Shutdown(context.Background()) }()
	taken := make(chan struct{})
	go func() { // waited for below
		defer close(taken)
		for range subscribers {
			writers = append(writers, <-arrived)
		}
	}()
	ask := testkit.Elsewhere(b, "readers", server.Listener.Addr().String(), strconv.Itoa(subscribers))
	<-taken

	event := sse.Event{Data: "#" + strings.Repeat("x", 99)}
	publish := func() {
		if _, err := topic.Publish(context.Background(), event); err != nil {
			b.Fatal(err)
		}
	}
	same := event
	same.ID, _ = topic.Position(context.Background())
	encoded, err := same.AppendTo(nil)
	if err != nil {
		b.Fatal(err)
	}
	plain := func() {
		for _, w := range writers {
			if _, err := w.Write(encoded); err != nil {
				b.Fatal(err)
			}
			if err := w.FlushError(); err != nil {
				b.Fatal(err)
			}
		}
	}
	measure := func(f func()) float64 {
		start := testkit.CPU()
		f()
		ask("1")
		return float64(testkit.CPU() - start)
	}
	measure(publish)
	measure(plain)
	for b.Loop() {
		var ratios, each []float64
		for range pairs {
			p := measure(plain)
			e := measure(publish)
			ratios = append(ratios, e/p)
			each = append(each, e/1000/subscribers)
		}
		testkit.Budget(b, "ratio", ratios, 1.1)
		b.ReportMetric(testkit.Median(each), "µs/delivery")
	}
	b.ReportMetric(0, "ns/op")
}

// A locked is a ResponseWriter that a stream and the benchmark share: the stream
// may be about to return from a write that a client has received.
type locked struct {
	http.ResponseWriter
	mu sync.Mutex
}

func (w *locked) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *locked) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ResponseWriter.Write(p)
}

func (w *locked) FlushError() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// roomFor reports whether this process may open so many connections.
func roomFor(connections int) bool {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return false
	}
	want := uint64(connections) + 100
	if limit.Cur < want {
		limit.Cur, limit.Max = max(limit.Cur, want), max(limit.Max, want)
		_ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
		_ = syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit)
	}
	return limit.Cur >= want
}

// readers is the client of BenchmarkBesidePlainWrites. Its arguments are an
// address and the number of connections. It is asked to wait until all of them
// have so many further events.
func readers(args []string) (func(string) (string, error), error) {
	n, err := strconv.Atoi(args[1])
	if err != nil {
		return nil, err
	}
	if !roomFor(n) {
		return nil, errors.New("too few file descriptors")
	}
	var received, wanted atomic.Int64
	all, open := make(chan struct{}, 1), make(chan error, n)
	read := func(conn net.Conn) {
		buf := make([]byte, 1<<10)
		for first := true; ; first = false {
			k, err := conn.Read(buf)
			if first {
				open <- err
			}
			if err != nil {
				return
			}
			if k := bytes.Count(buf[:k], []byte("#")); k > 0 && received.Add(int64(k)) == wanted.Load() {
				all <- struct{}{}
			}
		}
	}
	for range n {
		conn, err := net.Dial("tcp", args[0])
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: site\r\n\r\n"); err != nil {
			return nil, err
		}
		go read(conn) // ends with the process
	}
	for range n {
		if err := <-open; err != nil {
			return nil, fmt.Errorf("a reader: %w", err)
		}
	}
	return func(events string) (string, error) {
		k, err := strconv.Atoi(events)
		if err != nil {
			return "", err
		}
		for want := wanted.Add(int64(k * n)); received.Load() < want; {
			<-all
		}
		return "", nil
	}, nil
}
