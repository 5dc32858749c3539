package testkit

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
)

// Protocols are the protocols that ServePipes knows.
var Protocols = []string{"HTTP/1.1", "HTTP/2"}

// Pipes are the client and the server of connections that are pipes without
// buffers. In a bubble of synctest, their deadlines are virtual, and a client
// that does not read blocks the server's writes at once.
type Pipes struct {
	*http.Client
	Server *http.Server

	// Wrap returns the connection that the server uses in place of a new one. Nil
	// means no change.
	Wrap func(net.Conn) net.Conn

	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once // guards the closing of closed
}

// ServePipes runs s over one of Protocols until the test ends.
func ServePipes(t *testing.T, proto string, s *http.Server) *Pipes {
	var protocols http.Protocols
	protocols.SetHTTP1(proto == "HTTP/1.1")
	protocols.SetUnencryptedHTTP2(proto == "HTTP/2")
	s.Protocols = &protocols
	p := &Pipes{Server: s, conns: make(chan net.Conn), closed: make(chan struct{})}
	dial := func(context.Context, string, string) (net.Conn, error) { return p.Dial() }
	p.Client = &http.Client{Transport: &http.Transport{DialContext: dial, Protocols: &protocols}}
	var served sync.WaitGroup
	served.Go(func() { _ = s.Serve((*pipeListener)(p)) })
	t.Cleanup(func() {
		p.CloseIdleConnections()
		_ = s.Close()
		served.Wait()
	})
	return p
}

// Dial returns the client's end of a new connection once the server has
// accepted it.
func (p *Pipes) Dial() (net.Conn, error) {
	client, server := net.Pipe()
	if p.Wrap != nil {
		server = p.Wrap(server)
	}
	select {
	case p.conns <- server:
		return client, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// A pipeListener is the listener of a Pipes.
type pipeListener Pipes

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }
