package stream

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
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
	logger    *slog.Logger
	timeout   time.Duration // per write; negative: none
	committed bool          // status and headers have left, or may have
	noFlush   bool          // it turned out that w cannot
	sent      int           // bytes
}

// writeSize is how much is written under one deadline, so that a slow client
// has time for a huge page.
const writeSize = 64 << 10

// newTransport takes away the deadline that the server has set for the whole
// response.
func newTransport(w http.ResponseWriter, r *http.Request, timeout time.Duration, logger *slog.Logger) transport {
	if srv := serverOf(r); srv != nil && srv.WriteTimeout > 0 {
		if http.NewResponseController(w).SetWriteDeadline(time.Time{}) != nil {
			noteNoDeadline(logger, w)
		}
	}
	return transport{w: w, logger: logger, timeout: writeTimeout(r, timeout)}
}

// writeTimeout returns the time for a write where the Renderer says timeout.
func writeTimeout(r *http.Request, timeout time.Duration) time.Duration {
	if timeout != 0 {
		return timeout
	}
	if srv := serverOf(r); srv != nil && srv.WriteTimeout > 0 {
		return srv.WriteTimeout
	}
	return defaultWriteTimeout
}

func serverOf(r *http.Request) *http.Server {
	srv, _ := r.Context().Value(http.ServerContextKey).(*http.Server)
	return srv
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
	err := t.flush()
	if t.timeout > 0 {
		_ = t.setDeadline(time.Time{})
	}
	return err
}

// boundBody gives what is left of the request's body the time of a write, until
// the function that it returns is called: over HTTP/1.1 the server reads it
// before it sends the headers, and would wait for ever.
func (t *transport) boundBody(r *http.Request) (came func()) {
	if t.timeout <= 0 || r.ContentLength == 0 || r.ProtoMajor != 1 {
		return func() {}
	}
	if srv := serverOf(r); srv != nil && srv.ReadTimeout > 0 {
		return func() {}
	}
	rc, deadline := http.NewResponseController(t.w), time.Now().Add(t.timeout)
	_ = rc.SetReadDeadline(deadline)
	return func() {
		// Else it stays, because the server reads on when the handler returns.
		if time.Now().Before(deadline) {
			_ = rc.SetReadDeadline(time.Time{})
		}
	}
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

// flush has the bytes leave now, where that is possible.
func (t *transport) flush() (err error) {
	if t.noFlush {
		return nil
	}
	defer func() {
		// Some writers only find out now, and do not return it.
		if v := recover(); v != nil {
			if v == http.ErrAbortHandler {
				panic(v)
			}
			err = fmt.Errorf("%w: panic: %v", http.ErrNotSupported, v)
		}
		if errors.Is(err, http.ErrNotSupported) {
			noteNoFlush(t.logger, t.w, err)
			t.noFlush, err = true, nil
		}
	}()
	return http.NewResponseController(t.w).Flush()
}

// canFlush reports whether w can flush, as far as it can be told: a writer with
// a Flush of its own may have to pass it on to one that has none. It is the
// innermost that is known of which decides.
func canFlush(w http.ResponseWriter) bool {
	switch innermost(w).(type) {
	case interface{ FlushError() error }, http.Flusher:
		return true
	}
	return false
}

// innermost returns what w wraps, as far as Unwrap tells.
func innermost(w http.ResponseWriter) http.ResponseWriter {
	for {
		u, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return w
		}
		inner := u.Unwrap()
		if inner == nil {
			return w
		}
		w = inner
	}
}

// noteNoFlush says why pages are not streamed, once for each kind of writer.
func noteNoFlush(logger *slog.Logger, w http.ResponseWriter, err error) {
	if firstTime(noFlush, w) {
		logger.Warn("stream: pages are sent whole, because the ResponseWriter cannot flush: some middleware hides Flush and Unwrap",
			slog.String("type", fmt.Sprintf("%T", w)), slog.String("innermost", fmt.Sprintf("%T", innermost(w))), slog.Any("error", err))
	}
}

// noteNoDeadline says that the server may cut pages, once for each kind of writer.
func noteNoDeadline(logger *slog.Logger, w http.ResponseWriter) {
	if firstTime(noDeadline, w) {
		logger.Warn("stream: the server's WriteTimeout cuts pages that take longer, because some middleware hides SetWriteDeadline and Unwrap",
			slog.String("type", fmt.Sprintf("%T", w)), slog.String("innermost", fmt.Sprintf("%T", innermost(w))))
	}
}
