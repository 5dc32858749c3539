// Package cut ends responses so that nobody takes them for whole.
package cut

import (
	"net"
	"net/http"
	"time"
)

// Response keeps an unfinished response from ending like a finished one, even
// where a middleware swallows the panic or the error that says so.
func Response(w http.ResponseWriter, r *http.Request) {
	rc := http.NewResponseController(w)
	if r.ProtoAtLeast(1, 1) {
		// The server can then end neither the last chunk of HTTP/1.1 nor the
		// stream of HTTP/2.
		_ = rc.SetWriteDeadline(time.Unix(1, 0))
		return
	}
	// A response of HTTP/1.0 ends with its connection. A reset is the only
	// error that protocol has, and nginx speaks it to its upstreams.
	conn, _, err := rc.Hijack()
	if err != nil {
		return
	}
	// The alert with which a tls.Conn is closed would be a proper end, too.
	if t, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = t.NetConn()
	}
	if t, ok := conn.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = conn.Close()
}
