// Package pipes connects clients with an http.Server by pipes without buffers. In a
// bubble of testing/synctest, the deadlines of such connections are virtual, and a
// client that does not read blocks the server's writes at once.
package pipes

import (
	"net"
	"sync"
)

// A Listener accepts what its Dial connects. New makes one.
type Listener struct {
	// Wrap returns the connection that the server uses in place of a new one. Nil
	// means no change.
	Wrap func(net.Conn) net.Conn

	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once // guards the closing of closed
}

// New returns a Listener.
func New() *Listener {
	return &Listener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

// Dial returns the client's end of a new connection once the server has
// accepted it.
func (l *Listener) Dial() (net.Conn, error) {
	client, server := net.Pipe()
	if l.Wrap != nil {
		server = l.Wrap(server)
	}
	select {
	case l.conns <- server:
		return client, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Accept returns the server's end of the next connection.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Dial and Accept. Connections stay open.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr returns an address that says pipe.
func (l *Listener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }
