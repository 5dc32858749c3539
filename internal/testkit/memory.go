package testkit

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
)

// InUse returns the bytes of live objects and of stacks, after pools have been
// emptied. Free slots of the heap do not count.
func InUse() uint64 {
	m := collected()
	return m.HeapAlloc + m.StackInuse
}

// Heap returns the bytes of live objects, after pools have been emptied.
func Heap() uint64 { return collected().HeapAlloc }

// collected returns the state of the memory after garbage collection. Pools are
// emptied only by the second collection.
func collected() (m runtime.MemStats) {
	for range 3 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return m
}

// HeldOpen returns the bytes of heap and stacks that one of n waiting requests
// takes. It sends the requests to h, each over its own connection, and calls wait
// with the reader of each answer. It measures after all calls of wait have
// returned. The memory includes the server and a minimal client.
func HeldOpen(tb testing.TB, n int, h http.Handler, wait func(answer *bufio.Reader) error) float64 {
	tb.Helper()
	s := httptest.NewServer(h)
	defer s.Close()
	before := InUse()
	conns := make([]net.Conn, n)
	defer func() {
		for _, conn := range conns {
			if conn != nil {
				_ = conn.Close()
			}
		}
	}()
	for i := range conns {
		conn, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			tb.Fatal(err)
		}
		conns[i] = conn
		if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			tb.Fatal(err)
		}
		if err := wait(bufio.NewReaderSize(conn, 512)); err != nil {
			tb.Fatalf("request %d: %v", i, err)
		}
	}
	return float64(InUse()-before) / float64(n)
}
