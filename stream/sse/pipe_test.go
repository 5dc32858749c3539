package sse_test

import (
	"bufio"
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/rivulet-go/rivulet/internal/testkit"
)

// A pipeline is a server over pipes whose network can go.
type pipeline struct {
	*testkit.Pipes
	lost atomic.Bool // what the server sends
}

// overPipes runs test in a bubble over HTTP/1.1 and over HTTP/2, with a server
// that is like the given one.
func overPipes(t *testing.T, handler func() http.Handler, like *http.Server, test func(*testing.T, *pipeline)) {
	for _, proto := range testkit.Protocols {
		t.Run(proto, func(t *testing.T) { overPipe(t, proto, handler, like, test) })
	}
}

// overPipe is overPipes with one protocol.
func overPipe(t *testing.T, proto string, handler func() http.Handler, like *http.Server, test func(*testing.T, *pipeline)) {
	synctest.Test(t, func(t *testing.T) {
		p := new(pipeline)
		p.Pipes = testkit.ServePipes(t, proto, &http.Server{
			Handler: handler(), ErrorLog: log.New(io.Discard, "", 0),
			WriteTimeout: like.WriteTimeout, ReadTimeout: like.ReadTimeout, IdleTimeout: like.IdleTimeout, HTTP2: like.HTTP2,
		})
		p.Wrap = func(conn net.Conn) net.Conn { return lossy{conn, &p.lost} }
		test(t, p)
	})
}

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

// lines returns the next n lines of a stream that are not comments.
func lines(t *testing.T, body *bufio.Reader, n int) string {
	t.Helper()
	var b strings.Builder
	for n > 0 {
		line, err := body.ReadString('\n')
		if err != nil {
			t.Fatalf("stream ended after %q with %v", b.String(), err)
		}
		if !strings.HasPrefix(line, ":") {
			b.WriteString(line)
			n--
		}
	}
	return b.String()
}
