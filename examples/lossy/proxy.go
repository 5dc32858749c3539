package lossy

import (
	"flag"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
)

var seedFlag = flag.Uint64("lossy.seed", 0, "where package lossy cuts; 0: another place each time")

// A proxy passes TCP connections on to a server. It cuts a number of them at
// random bytes of what the server sends: one in six within the head of the
// response, half of them by a reset. It leaves those that come later alone.
type proxy struct {
	listener net.Listener
	server   string
	spare    func(sent []byte) bool // whether a cut there is moved by one byte; nil: none is
	onPass   func()                 // a piece has passed
	onEnd    func()                 // the last cut has been made

	mu     sync.Mutex
	random *rand.Rand
	left   int // cuts that are still to be decided
	made   int // cuts
	cuts   int // in all
	open   map[net.Conn]bool
	closed bool
	wg     sync.WaitGroup
}

// newProxy returns a proxy before the server, which is a host and a port.
func newProxy(t testing.TB, server string, cuts int) *proxy {
	t.Helper()
	seed := *seedFlag
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("cuts as with -lossy.seed=%d", seed)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{
		listener: l,
		server:   server,
		random:   rand.New(rand.NewPCG(seed, 0)),
		left:     cuts,
		cuts:     cuts,
		open:     make(map[net.Conn]bool),
	}
	t.Cleanup(p.close)
	return p
}

// start has the proxy accept connections. It ends with the test.
func (p *proxy) start() {
	p.wg.Go(func() { // close waits for it
		for {
			conn, err := p.listener.Accept()
			if err != nil {
				return
			}
			if p.add(conn) {
				p.wg.Go(func() { p.serve(conn) })
			}
		}
	})
}

func (p *proxy) close() {
	_ = p.listener.Close()
	p.mu.Lock()
	p.closed = true
	for conn := range p.open {
		_ = conn.Close()
	}
	p.mu.Unlock()
	p.wg.Wait()
}

// add keeps account of a connection, unless the proxy is closed.
func (p *proxy) add(conn net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		_ = conn.Close()
		return false
	}
	p.open[conn] = true
	return true
}

func (p *proxy) drop(conn net.Conn) {
	_ = conn.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, conn)
}

// head is about how many bytes precede the first event.
const head = 250

// decide tells after how many bytes of the server a connection is cut, and
// whether by a reset. Less than zero: not at all.
func (p *proxy) decide() (after int, reset bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left == 0 {
		return -1, false
	}
	p.left--
	if p.random.IntN(6) == 0 {
		return p.random.IntN(head), p.random.IntN(2) == 0
	}
	return head + p.random.IntN(1500), p.random.IntN(2) == 0
}

func (p *proxy) serve(client net.Conn) {
	defer p.drop(client)
	server, err := net.Dial("tcp", p.server)
	if err != nil || !p.add(server) {
		return
	}
	p.wg.Go(func() { // ends when either connection is closed
		_, _ = io.Copy(server, client)
		p.drop(server)
	})
	after, reset := p.decide()
	if after < 0 {
		_, _ = io.Copy(client, server)
		p.drop(server)
		return
	}
	if err := p.pass(client, server, after); err != nil {
		// The client has left before its cut, which is another's then.
		p.drop(server)
		p.mu.Lock()
		p.left++
		p.mu.Unlock()
		return
	}
	if tcp, ok := client.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0)
	}
	p.drop(client)
	p.drop(server)
	p.mu.Lock()
	p.made++
	made := p.made
	p.mu.Unlock()
	if made == p.cuts {
		p.onEnd()
	}
}

// pass passes that many bytes on, and one more if the cut is to be spared.
func (p *proxy) pass(client io.Writer, server io.Reader, after int) error {
	sent := make([]byte, after)
	for n := 0; n < after; {
		got, err := server.Read(sent[n:])
		if _, err := client.Write(sent[n : n+got]); err != nil {
			return err
		}
		if n += got; err != nil && n < after {
			return err
		}
		p.onPass()
	}
	if p.spare != nil && p.spare(sent) {
		_, err := io.CopyN(client, server, 1)
		return err
	}
	return nil
}
