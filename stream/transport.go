package stream

import (
	"log/slog"
	"net/http"
	"sync"
	"time"
)

const defaultWriteTimeout = 30 * time.Second

// A transport sends bytes to the client, each write with a deadline of its own.
//
// While the response waits there is none: over HTTP/2 a deadline resets the
// stream even when nothing is written. After the response the server renews it
// for the connection's next request.
type transport struct {
	w       http.ResponseWriter
	timeout time.Duration // per write; negative: none
	armed   bool          // the connection has a deadline
	sent    int           // bytes
}

// newTransport takes away the deadline that the server has set for the whole
// response.
func newTransport(w http.ResponseWriter, r *http.Request, timeout time.Duration) transport {
	t := transport{w: w, timeout: timeout}
	if srv, _ := r.Context().Value(http.ServerContextKey).(*http.Server); srv != nil && srv.WriteTimeout > 0 {
		t.armed = true
		if timeout == 0 {
			t.timeout = srv.WriteTimeout
		}
	}
	if t.timeout == 0 {
		t.timeout = defaultWriteTimeout
	}
	t.idle()
	return t
}

// send writes b in one piece. A status other than zero is sent with the first
// bytes.
func (t *transport) send(b []byte, status int, flush bool) error {
	t.arm()
	if status != 0 && t.sent == 0 {
		t.w.WriteHeader(status)
	}
	n, err := t.w.Write(b)
	t.sent += n
	if err != nil || !flush {
		return err
	}
	return http.NewResponseController(t.w).Flush()
}

// arm sets the deadline of a write.
func (t *transport) arm() {
	if t.timeout > 0 {
		t.armed = http.NewResponseController(t.w).SetWriteDeadline(time.Now().Add(t.timeout)) == nil
	}
}

// idle takes the deadline away while nothing is written.
func (t *transport) idle() {
	if t.armed {
		t.armed = false
		_ = http.NewResponseController(t.w).SetWriteDeadline(time.Time{})
	}
}

// canFlush reports whether w, or what it wraps, can flush.
func canFlush(w http.ResponseWriter) bool {
	for {
		switch t := w.(type) {
		case interface{ FlushError() error }, http.Flusher:
			return true
		case interface{ Unwrap() http.ResponseWriter }:
			w = t.Unwrap()
		default:
			return false
		}
	}
}

var warnNoFlush sync.Once

// noteNoFlush says once why pages are not streamed.
func noteNoFlush(w http.ResponseWriter) {
	warnNoFlush.Do(func() {
		slog.Warn("stream: pages are sent whole, because the ResponseWriter cannot flush: some middleware hides Flush and Unwrap",
			slog.String("type", typeName(w)))
	})
}
