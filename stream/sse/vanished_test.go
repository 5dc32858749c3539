package sse_test

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A lossy connection takes what is written to it and, once it is lost, passes
// nothing on: so a socket behaves whose peer acknowledges nothing, until its
// buffer is full.
type lossy struct {
	net.Conn
	lost *atomic.Bool
}

func (c lossy) Write(p []byte) (int, error) {
	if c.lost.Load() {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

// TestVanishedClients has heartbeats that no client receives. They do not notice
// that; what does is in the package doc.
func TestVanishedClients(t *testing.T) {
	for _, c := range []struct {
		name, proto string
		options     sse.Options
		server      *http.Server
		from, to    time.Duration
	}{
		{"pings of HTTP/2", "HTTP/2", sse.Options{}, &http.Server{HTTP2: &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 15 * time.Second}}, 15 * time.Second, 31 * time.Second},
		{"MaxLife over HTTP/2", "HTTP/2", sse.Options{MaxLife: time.Hour}, &http.Server{}, 54 * time.Minute, time.Hour},
		{"MaxLife over HTTP/1.1", "HTTP/1.1", sse.Options{MaxLife: time.Hour}, &http.Server{}, 54 * time.Minute, time.Hour},
	} {
		t.Run(c.name+" ends their streams", func(t *testing.T) {
			var ends <-chan told
			overPipe(t, c.proto, func() (h http.Handler) {
				h, ends = telling(c.options, func(ctx context.Context, s *sse.Stream) error {
					<-ctx.Done()
					return ctx.Err()
				})
				return h
			}, c.server, func(t *testing.T, p *pipeline) {
				p.ask(t, t.Context(), "GET", "")
				p.lost.Store(true)
				if got := (<-ends).after; got < c.from || got > c.to {
					t.Errorf("context ended after %v, want %v to %v", got, c.from, c.to)
				}
			})
		})
	}
}
