package lossy

import (
	"bufio"
	"bytes"
	"flag"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
)

var seedFlag = flag.Uint64("lossy.seed", 0, "where package lossy cuts; 0: another place each time")

// Cuts configure how the connections of a stream are cut. The cuts are at random
// bytes from the server, one in six within the head of the response, and half of
// them are resets.
type Cuts struct {
	// Times is the number of connections that are cut. Later ones are not.
	Times int
	// Reset makes all cuts within a head resets. Without TLS, browsers accept an
	// incomplete head that ends properly.
	Reset bool
	// Spare reports whether a cut after these bytes is moved by one byte. Nil
	// means never.
	Spare func(sent []byte) bool
}

// A proxy passes TCP connections on to a server and cuts those whose first
// request is for the path.
type proxy struct {
	Cuts
	path     string
	listener net.Listener
	server   string
	onPass   func() // a piece has passed
	onEnd    func() // the last cut has been made

	mu     sync.Mutex
	random *rand.Rand
	left   int // cuts that are still to be decided
	made   int // cuts
	open   map[net.Conn]bool
	closed bool
	wg     sync.WaitGroup
}

// newProxy returns a proxy before the server, which is a host and a port.
func newProxy(t testing.TB, server, path string, cuts Cuts) *proxy {
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
		Cuts:     cuts,
		path:     path,
		listener: l,
		server:   server,
		random:   rand.New(rand.NewPCG(seed, 0)),
		left:     cuts.Times,
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
	request := bufio.NewReader(client)
	start, _ := request.Peek(len("POST ") + len(p.path))
	p.wg.Go(func() { // ends when either connection is closed
		_, _ = io.Copy(server, request)
		p.drop(server)
	})
	after, reset := -1, false
	if _, target, _ := strings.Cut(string(start), " "); strings.HasPrefix(target, p.path) {
		after, reset = p.decide()
	}
	if after < 0 {
		_, _ = io.Copy(client, server)
		p.drop(server)
		return
	}
	sent, err := p.pass(client, server, after)
	if err != nil {
		// The client has left before its cut, which is another's then.
		p.drop(server)
		p.mu.Lock()
		p.left++
		p.mu.Unlock()
		return
	}
	reset = reset || p.Reset && !bytes.Contains(sent, []byte("\r\n\r\n"))
	if tcp, ok := client.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0)
	}
	p.drop(client)
	p.drop(server)
	p.mu.Lock()
	p.made++
	made := p.made
	p.mu.Unlock()
	if made == p.Times {
		p.onEnd()
	}
}

// pass passes that many bytes on, and one more if the cut is to be spared.
func (p *proxy) pass(client io.Writer, server io.Reader, after int) (sent []byte, err error) {
	sent = make([]byte, after)
	for n := 0; n < after; {
		got, err := server.Read(sent[n:])
		if _, err := client.Write(sent[n : n+got]); err != nil {
			return nil, err
		}
		if n += got; err != nil && n < after {
			return nil, err
		}
		p.onPass()
	}
	if p.Spare != nil && p.Spare(sent) {
		_, err = io.CopyN(client, server, 1)
	}
	return sent, err
}
