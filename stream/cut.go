package stream

import (
	"net"
	"net/http"
)

// cutUnfinished is deferred by Handler: it cuts the response to r unless it is
// finished, whatever the reason. Usually the panic that comes through here is
// enough, since the server then ends neither the last chunk of HTTP/1.1 nor the
// stream of HTTP/2. A response of HTTP/1.0 ends with its connection, though, so
// a page that ends in a panic looks finished to the peer, which often is nginx,
// that speaks HTTP/1.0 to its upstreams unless it is told otherwise. A reset is
// the only error that protocol has.
func cutUnfinished(w http.ResponseWriter, r *http.Request, finished *bool) {
	if *finished || r.ProtoAtLeast(1, 1) {
		return
	}
	conn, _, err := http.NewResponseController(w).Hijack()
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
