package natsbroker_test

import (
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// A proxy passes each connection on to the next of its servers and cuts it
// after a random number of bytes, half of them by a reset.
type proxy struct {
	net.Listener
	servers []string
	cuts    atomic.Int64 // that are still to be made
	all     sync.WaitGroup
}

func newProxy(t *testing.T, cuts int64, servers ...string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{Listener: l, servers: servers}
	p.cuts.Store(cuts)
	p.all.Go(p.serve)
	t.Cleanup(func() {
		_ = l.Close()
		p.all.Wait()
	})
	return p
}

func (p *proxy) serve() {
	for n := 0; ; n++ {
		client, err := p.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.servers[n%len(p.servers)])
		if err != nil {
			_ = client.Close()
			continue
		}
		p.all.Go(func() { _, _ = io.Copy(server, client); _ = server.Close() })
		p.all.Go(func() {
			defer func() { _ = server.Close(); _ = client.Close() }()
			if p.cuts.Load() <= 0 {
				_, _ = io.Copy(client, server)
				return
			}
			if _, err := io.CopyN(client, server, rand.Int64N(4000)); err == nil {
				p.cuts.Add(-1)
			}
			if rand.IntN(2) == 0 {
				_ = client.(*net.TCPConn).SetLinger(0)
			}
		})
	}
}
