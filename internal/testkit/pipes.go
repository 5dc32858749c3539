package testkit

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"

	"github.com/rivulet-go/rivulet/internal/pipes"
)

// Protocols are the protocols that ServePipes knows.
var Protocols = []string{"HTTP/1.1", "HTTP/2"}

// Pipes are the client and the server of connections that are pipes.
type Pipes struct {
	*http.Client
	*pipes.Listener
	Server *http.Server
}

// ServePipes runs s over one of Protocols until the test ends.
func ServePipes(t *testing.T, proto string, s *http.Server) *Pipes {
	var protocols http.Protocols
	protocols.SetHTTP1(proto == "HTTP/1.1")
	protocols.SetUnencryptedHTTP2(proto == "HTTP/2")
	s.Protocols = &protocols
	p := &Pipes{Server: s, Listener: pipes.New()}
	dial := func(context.Context, string, string) (net.Conn, error) { return p.Dial() }
	p.Client = &http.Client{Transport: &http.Transport{DialContext: dial, Protocols: &protocols}}
	var served sync.WaitGroup
	served.Go(func() { _ = s.Serve(p.Listener) })
	t.Cleanup(func() {
		p.CloseIdleConnections()
		_ = s.Close()
		served.Wait()
	})
	return p
}
