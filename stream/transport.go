package stream

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

const defaultWriteTimeout = 30 * time.Second

// A transport sends bytes to the client, each write with a deadline of its own.
//
// Between writes there is none: over HTTP/2 a deadline resets the stream even
// when nothing is written. The last write keeps its own for what the server
// still has to flush; net/http renews it for the connection's next request.
type transport struct {
	w         http.ResponseWriter
	timeout   time.Duration // per write; negative: none
	committed bool          // status and headers have left, or may have
	sent      int           // bytes
}

// writeSize is how much is written under one deadline, so that a slow client
// has time for a huge page.
const writeSize = 64 << 10

// newTransport takes away the deadline that the server has set for the whole
// response.
func newTransport(w http.ResponseWriter, r *http.Request, timeout time.Duration) transport {
	t := transport{w: w, timeout: timeout}
	if srv, _ := r.Context().Value(http.ServerContextKey).(*http.Server); srv != nil && srv.WriteTimeout > 0 {
		if timeout == 0 {
			t.timeout = srv.WriteTimeout
		}
		if t.setDeadline(time.Time{}) != nil {
			noteNoDeadline(w)
		}
	}
	if t.timeout == 0 {
		t.timeout = defaultWriteTimeout
	}
	return t
}

// send writes b. A status other than zero is sent with the first bytes.
func (t *transport) send(b []byte, status int, flush bool) error {
	if status != 0 && !t.committed {
		t.w.WriteHeader(status)
	}
	t.committed = true
	for {
		t.arm()
		part := b[:min(len(b), writeSize)]
		n, err := t.w.Write(part)
		if err == nil && n < len(part) {
			err = io.ErrShortWrite
		}
		t.sent += n
		b = b[len(part):]
		if err != nil {
			return err
		}
		if len(b) == 0 {
			break
		}
	}
	if !flush {
		return nil
	}
	err := http.NewResponseController(t.w).Flush()
	if errors.Is(err, http.ErrNotSupported) {
		noteNoFlush(t.w)
		err = nil
	}
	if t.timeout > 0 {
		_ = t.setDeadline(time.Time{})
	}
	return err
}

// arm sets the deadline of a write.
func (t *transport) arm() {
	if t.timeout > 0 {
		_ = t.setDeadline(time.Now().Add(t.timeout))
	}
}

func (t *transport) setDeadline(d time.Time) error {
	return http.NewResponseController(t.w).SetWriteDeadline(d)
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

var warnNoFlush, warnNoDeadline sync.Once

// noteNoFlush says once why pages are not streamed.
func noteNoFlush(w http.ResponseWriter) {
	warnNoFlush.Do(func() {
		slog.Warn("stream: pages are sent whole, because the ResponseWriter cannot flush: some middleware hides Flush and Unwrap",
			slog.String("type", fmt.Sprintf("%T", w)))
	})
}

// noteNoDeadline says once that the server may cut pages.
func noteNoDeadline(w http.ResponseWriter) {
	warnNoDeadline.Do(func() {
		slog.Warn("stream: the server's WriteTimeout cuts pages that take longer, because some middleware hides SetWriteDeadline and Unwrap",
			slog.String("type", fmt.Sprintf("%T", w)))
	})
}
