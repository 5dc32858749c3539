package llm_test

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A pipeline is a real server whose connections are pipes without buffers, so
// that in a bubble of synctest their deadlines are virtual, too.
type pipeline struct {
	*http.Client
	server *http.Server
	conns  chan net.Conn
	closed chan struct{}
}

// overPipes runs test in a bubble over HTTP/1.1 and over HTTP/2, with a server
// that is like the given one.
func overPipes(t *testing.T, handler func() http.Handler, like *http.Server, test func(*testing.T, *pipeline)) {
	for _, proto := range []string{"HTTP/1.1", "HTTP/2"} {
		t.Run(proto, func(t *testing.T) { overPipe(t, proto, handler, like, test) })
	}
}

// overPipe is overPipes with one protocol.
func overPipe(t *testing.T, proto string, handler func() http.Handler, like *http.Server, test func(*testing.T, *pipeline)) {
	synctest.Test(t, func(t *testing.T) {
		p := &pipeline{conns: make(chan net.Conn), closed: make(chan struct{})}
		var protocols http.Protocols
		protocols.SetHTTP1(proto == "HTTP/1.1")
		protocols.SetUnencryptedHTTP2(proto == "HTTP/2")
		transport := &http.Transport{DialContext: p.dial, Protocols: &protocols}
		p.Client = &http.Client{Transport: transport}
		p.server = &http.Server{
			Handler: handler(), Protocols: &protocols, ErrorLog: log.New(io.Discard, "", 0),
			WriteTimeout: like.WriteTimeout, ReadTimeout: like.ReadTimeout, IdleTimeout: like.IdleTimeout, HTTP2: like.HTTP2,
		}
		var served sync.WaitGroup
		served.Go(func() { _ = p.server.Serve(p) })
		defer served.Wait()
		defer func() { _ = p.server.Close() }()
		defer transport.CloseIdleConnections()
		test(t, p)
	})
}

func (p *pipeline) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	p.conns <- server
	return client, nil
}

func (p *pipeline) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipeline) Close() error {
	close(p.closed)
	return nil
}

func (p *pipeline) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

// ask opens a stream.
func (p *pipeline) ask(t *testing.T, ctx context.Context, method, body string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, method, "http://site/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := p.Do(r)
	if err != nil {
		t.Fatalf("Do() = %v, want nil", err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-ctx.Done()
}
