// Package cut ends responses so that clients notice that they are incomplete.
package cut

import (
	"net"
	"net/http"
	"time"
)

// Response keeps an unfinished response from ending like a finished one, even if
// middleware swallows the panic or the error that reports it.
func Response(w http.ResponseWriter, r *http.Request) {
	rc := http.NewResponseController(w)
	if r.ProtoAtLeast(1, 1) {
		// The server can then send neither the last chunk of HTTP/1.1 nor the end of
		// the stream of HTTP/2.
		_ = rc.SetWriteDeadline(time.Unix(1, 0))
		return
	}
	// A response of HTTP/1.0 ends with its connection. A reset is the only error
	// of that protocol, which nginx uses to its upstreams.
	conn, _, err := rc.Hijack()
	if err != nil {
		return
	}
	// Close of a tls.Conn would send an alert, which is a proper end, too.
	if t, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = t.NetConn()
	}
	if t, ok := conn.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = conn.Close()
}
