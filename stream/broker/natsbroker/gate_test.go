package natsbroker_test

import (
	"io"
	"net"
	"sync"
	"testing"
)

// A gate passes connections on to an address until it is shut. Then it cuts them,
// and all further ones.
type gate struct {
	net.Listener
	to  string
	all sync.WaitGroup

	mu    sync.Mutex
	off   bool
	conns map[net.Conn]bool // both sides
}

func newGate(t *testing.T, to string) *gate {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{Listener: l, to: to, conns: map[net.Conn]bool{}}
	g.all.Go(g.serve)
	t.Cleanup(func() {
		_ = l.Close()
		g.shut(true)
		g.all.Wait()
	})
	return g
}

func (g *gate) serve() {
	for {
		from, err := g.Accept()
		if err != nil {
			return
		}
		to, err := net.Dial("tcp", g.to)
		if err != nil {
			_ = from.Close()
			continue
		}
		if g.enter(from, to) {
			g.all.Go(func() { g.copy(from, to) })
			g.all.Go(func() { g.copy(to, from) })
		}
	}
}

// enter reports whether a connection may pass, and closes it otherwise.
func (g *gate) enter(from, to net.Conn) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.off {
		_, _ = from.Close(), to.Close()
		return false
	}
	g.conns[from], g.conns[to] = true, true
	return true
}

func (g *gate) copy(dst, src net.Conn) {
	_, _ = io.Copy(dst, src)
	_, _ = dst.Close(), src.Close()
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.conns, src)
}

// shut shuts the gate, or opens it.
func (g *gate) shut(off bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.off = off
	for c := range g.conns {
		if off {
			_ = c.Close()
		}
	}
}
