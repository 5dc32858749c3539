package stream_test

import (
	"bufio"
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
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/internal/pages"
)

// BenchmarkSlowReaders measures what others pay for 500 clients that have asked for
// a page of 200 KB and do not read: the server's CPU time and the median time to
// the first byte of 16 clients that read, as ratios to runs without the 500. The
// clients are in a process of their own.
//
// It also reports what a page holds for such a client, and the ratio of that to
// what it may hold: the bytes that were rendered and not sent, a part of 64 KiB, and
// what net/http has for a connection.
func BenchmarkSlowReaders(b *testing.B) {
	const stuck, pairs = 500, 9
	for _, page := range []struct {
		name  string
		delay func(i int) time.Duration
	}{
		{"chunks one after the other", func(i int) time.Duration { return time.Duration(2+2*i) * time.Millisecond }},
		{"one chunk of all", func(int) time.Duration { return 2 * time.Millisecond }},
		{"in place", func(int) time.Duration { return 0 }},
	} {
		b.Run(page.name, func(b *testing.B) {
			ask := testkit.Elsewhere(b, "readers")
			quick := httptest.NewServer(longPage(stream.Renderer{}, page.delay))
			defer quick.Close()
			slow := newStuckServer(b, func(i int) time.Duration { return 50 * page.delay(i) }) // 500 pages at once keep the server longer
			visit := func() (cpu, first, last float64) {
				start := testkit.CPU()
				if _, err := fmt.Sscan(ask(fmt.Sprint("read ", quick.URL, " 16 36")), &first, &last); err != nil {
					b.Fatal(err)
				}
				return float64(testkit.CPU() - start), first, last
			}
			visit()
			for b.Loop() {
				var cpus, firsts, lasts, held, shares []float64
				for range pairs {
					before := testkit.InUse() // which empties pools, here and below
					cpu, first, last := visit()
					ask(fmt.Sprint("stick ", slow.addr, " ", stuck))
					slow.await(b, stuck)
					memory := float64(testkit.InUse()-before) / stuck
					stuckCPU, stuckFirst, stuckLast := visit()
					slow.await(b, stuck)
					cpus, firsts, lasts = append(cpus, stuckCPU/cpu), append(firsts, stuckFirst/first), append(lasts, stuckLast/last)
					held, shares = append(held, memory/1024), append(shares, memory/(float64(slow.unsent.Load())/stuck+perConnection+64<<10))
					ask("leave")
					slow.awaitEnd(b)
				}
				testkit.Budget(b, "cpu-ratio", cpus, 1.1)
				testkit.Budget(b, "first-byte-ratio", firsts, 1.1)
				testkit.Budget(b, "last-byte-ratio", lasts, 1.1)
				testkit.Budget(b, "memory-ratio", shares, 1)
				b.ReportMetric(testkit.Median(held), "KiB/stuck-page")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// perConnection is what net/http holds for a request: its buffers, and the stacks
// of two goroutines.
const perConnection = 24 << 10

// longPage serves a page of about 200 KB, whose five boundaries have so much of a
// delay each.
func longPage(rd stream.Renderer, delay func(i int) time.Duration) http.Handler {
	sections := pages.Sections(5, 400)
	delays := map[*pages.Row]time.Duration{}
	for i := range sections {
		delays[&sections[i].Rows[0]] = delay(i)
	}
	load := func(s pages.Section) func(context.Context) (pages.Section, error) {
		return func(ctx context.Context) (pages.Section, error) {
			if d := delays[&s.Rows[0]]; d > 0 {
				select {
				case <-time.After(d):
				case <-ctx.Done():
				}
			}
			return s, nil
		}
	}
	return rd.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return pages.Streamed(sections, load), nil
	})
}

// A stuckServer serves clients that do not read. Its connections have room for
// some of a page only.
type stuckServer struct {
	addr    string
	unsent  atomic.Int64 // bytes of boundaries that were rendered and not sent
	writing atomic.Int64
	open    atomic.Int64
}

func newStuckServer(tb testing.TB, delay func(int) time.Duration) *stuckServer {
	s := new(stuckServer)
	page := longPage(stream.Renderer{WriteTimeout: time.Hour, Trace: &stream.Trace{
		Sent:    func(_ context.Context, _ stream.BoundaryInfo, bytes int, _ bool) { s.unsent.Add(int64(bytes)) },
		Flushed: func(_ context.Context, bytes int) { s.unsent.Add(-int64(bytes)) },
	}}, delay)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.open.Add(1)
		defer s.open.Add(-1)
		page.ServeHTTP(&notingWriter{w, &s.writing}, r)
	}))
	server.Config.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		_ = conn.(*net.TCPConn).SetWriteBuffer(16 << 10)
		return ctx
	}
	server.Start()
	tb.Cleanup(server.Close)
	s.addr = server.Listener.Addr().String()
	return s
}

// await waits until so many clients are stuck.
func (s *stuckServer) await(tb testing.TB, n int64) {
	tb.Helper()
	for end, same := time.Now().Add(time.Minute), 0; same < 20; time.Sleep(time.Millisecond) {
		if same++; s.writing.Load() != n {
			same = 0
		}
		if time.Now().After(end) {
			tb.Fatalf("%d of %d clients are stuck, %d are there", s.writing.Load(), n, s.open.Load())
		}
	}
}

// awaitEnd waits until there are no clients any more.
func (s *stuckServer) awaitEnd(tb testing.TB) {
	tb.Helper()
	for end := time.Now().Add(time.Minute); s.open.Load() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			tb.Fatalf("%d clients do not end", s.open.Load())
		}
	}
	s.unsent.Store(0)
}

// A notingWriter counts the writes that are under way.
type notingWriter struct {
	http.ResponseWriter
	writing *atomic.Int64
}

func (w *notingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *notingWriter) Write(p []byte) (int, error) {
	w.writing.Add(1)
	defer w.writing.Add(-1)
	return w.ResponseWriter.Write(p)
}

func (w *notingWriter) FlushError() error {
	w.writing.Add(1)
	defer w.writing.Add(-1)
	return http.NewResponseController(w.ResponseWriter).Flush()
}

const question = "GET / HTTP/1.1\r\nHost: site\r\nSec-Fetch-Dest: document\r\n\r\n"

// readers is the client of BenchmarkSlowReaders.
func readers([]string) (func(string) (string, error), error) {
	var stuck []net.Conn
	return func(q string) (string, error) {
		words := strings.Fields(q)
		switch words[0] {
		case "stick":
			n, err := strconv.Atoi(words[2])
			if err != nil {
				return "", err
			}
			for range n {
				conn, err := net.Dial("tcp", words[1])
				if err != nil {
					return "", err
				}
				_ = conn.(*net.TCPConn).SetReadBuffer(16 << 10)
				if _, err := io.WriteString(conn, question); err != nil {
					return "", err
				}
				stuck = append(stuck, conn)
			}
		case "leave":
			for _, conn := range stuck {
				_ = conn.Close()
			}
			stuck = nil
		case "read":
			n, err := strconv.Atoi(words[2])
			if err != nil {
				return "", err
			}
			each, err := strconv.Atoi(words[3])
			if err != nil {
				return "", err
			}
			first, last, err := readAll(strings.TrimPrefix(words[1], "http://"), n, each)
			return fmt.Sprint(first, last), err
		}
		return "", nil
	}, nil
}

// readAll gets the page over so many connections, so often over each. It returns
// the median times to the first and to the last byte, in nanoseconds.
func readAll(addr string, connections, each int) (first, last float64, err error) {
	var mu sync.Mutex
	var firsts, lasts []float64
	failures := make([]error, connections)
	var all sync.WaitGroup
	for i := range connections {
		all.Go(func() {
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				failures[i] = err
				return
			}
			defer func() { _ = conn.Close() }()
			in := bufio.NewReader(conn)
			for range each {
				start := time.Now()
				if _, err := io.WriteString(conn, question); err != nil {
					failures[i] = err
					return
				}
				if _, err := in.Peek(1); err != nil {
					failures[i] = err
					return
				}
				first := time.Since(start)
				res, err := http.ReadResponse(in, nil)
				if err == nil {
					_, err = io.Copy(io.Discard, res.Body)
				}
				if err != nil {
					failures[i] = err
					return
				}
				last := time.Since(start)
				mu.Lock()
				firsts, lasts = append(firsts, float64(first)), append(lasts, float64(last))
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if err := errors.Join(failures...); err != nil {
		return 0, 0, err
	}
	return testkit.Median(firsts), testkit.Median(lasts), nil
}
