// Package transport holds what packages stream and sse know alike of the
// ResponseWriters of servers and middleware.
package transport

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// PartSize is how many bytes share one deadline, so that a slow client has time
// for a huge page, event or body.
const PartSize = 64 << 10

const defaultTime = 30 * time.Second

// WriteTimeout returns the time for each part that is written or read: timeout,
// or if that is zero the server's WriteTimeout, or 30 s if it has none. A
// negative time means no deadline.
func WriteTimeout(r *http.Request, timeout time.Duration) time.Duration {
	if timeout != 0 {
		return timeout
	}
	if srv := Server(r); srv != nil && srv.WriteTimeout > 0 {
		return srv.WriteTimeout
	}
	return defaultTime
}

// Server returns the server of r, or nil.
func Server(r *http.Request) *http.Server {
	srv, _ := r.Context().Value(http.ServerContextKey).(*http.Server)
	return srv
}

// CanFlush reports whether w can flush, as far as it can be told. A writer with
// a Flush of its own may have to pass it on to one that has none, so the
// innermost writer that is known decides.
func CanFlush(w http.ResponseWriter) bool {
	switch Innermost(w).(type) {
	case interface{ FlushError() error }, http.Flusher:
		return true
	}
	return false
}

// Innermost returns what w wraps, as far as Unwrap tells.
func Innermost(w http.ResponseWriter) http.ResponseWriter {
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

// Flush has the bytes that were written to w leave now. Its error matches
// http.ErrNotSupported if w cannot flush. Some writers find that out only now,
// and panic. A panic with http.ErrAbortHandler goes on up.
func Flush(w http.ResponseWriter) (err error) {
	defer func() {
		if v := recover(); v != nil {
			if v == http.ErrAbortHandler {
				panic(v)
			}
			err = fmt.Errorf("%w: panic: %v", http.ErrNotSupported, v)
		}
	}()
	return http.NewResponseController(w).Flush()
}

// CannotFlush reports whether err, of Flush, says that the writer cannot flush.
func CannotFlush(err error) bool { return errors.Is(err, http.ErrNotSupported) }

// BoundBody gives what is left of the body of r the timeout, until the function
// that it returns is called. Over HTTP/1.1 the server reads the body before it
// sends the headers, and would wait for ever. A timeout of zero or less, and the
// server's own ReadTimeout, leave the body as it is.
func BoundBody(w http.ResponseWriter, r *http.Request, timeout time.Duration) (came func()) {
	srv := Server(r)
	if timeout <= 0 || r.ContentLength == 0 || r.ProtoMajor != 1 || srv != nil && srv.ReadTimeout > 0 {
		return func() {}
	}
	rc, end := http.NewResponseController(w), time.Now().Add(timeout)
	_ = rc.SetReadDeadline(end)
	return func() {
		// Once it is over the deadline stays, because the server reads on when
		// the handler returns.
		if time.Now().Before(end) {
			_ = rc.SetReadDeadline(time.Time{})
		}
	}
}
