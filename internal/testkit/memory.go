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

// InUse returns the bytes of live objects and of stacks, when pools have been
// emptied. Slots of the heap that have become free do not count.
func InUse() uint64 {
	m := collected()
	return m.HeapAlloc + m.StackInuse
}

// Heap returns the bytes of live objects, when pools have been emptied.
func Heap() uint64 { return collected().HeapAlloc }

// collected reads the state of the memory after the garbage collector has run:
// a pool gives back nothing before its second run.
func collected() (m runtime.MemStats) {
	for range 3 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return m
}

// HeldOpen returns the bytes of heap and stacks that one of n requests takes
// whose handlers wait. It sends them to h, each over its own connection, and
// looks when wait has returned for each, which is called with the reader of the
// answer. The memory is that of the server and of as little of a client as there
// can be.
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
