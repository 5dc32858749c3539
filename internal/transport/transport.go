// Package transport holds the knowledge of ResponseWriters that packages stream
// and sse share.
package transport

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// PartSize is the number of bytes that share one deadline, so that a slow client
// has enough time for a huge page, event or body.
const PartSize = 64 << 10

const defaultTime = 30 * time.Second

// WriteTimeout returns the time for each part that is written or read. It is
// timeout or, if that is zero, the server's WriteTimeout, or 30 s if the server
// has none. A negative time means no deadline.
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

// CanFlush reports whether w can flush, as far as that is known. A writer with a
// Flush method may pass the call on to a writer without one, so the innermost
// known writer decides.
func CanFlush(w http.ResponseWriter) bool {
	switch Innermost(w).(type) {
	case interface{ FlushError() error }, http.Flusher:
		return true
	}
	return false
}

// Innermost returns the innermost writer in w, as far as Unwrap returns it.
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

// Flush sends the bytes that were written to w. Its error matches
// http.ErrNotSupported if w cannot flush, including a panic of the writer. A
// panic with http.ErrAbortHandler is passed on.
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

// CannotFlush reports whether an error of Flush means that the writer cannot
// flush.
func CannotFlush(err error) bool { return errors.Is(err, http.ErrNotSupported) }

// BoundBody limits the wait for the rest of the body of r to timeout, until the
// function that it returns is called. Over HTTP/1.1, the server reads the body
// before it sends the headers, and would wait for ever. BoundBody does nothing if
// timeout is zero or less, or if the server has a ReadTimeout.
func BoundBody(w http.ResponseWriter, r *http.Request, timeout time.Duration) (came func()) {
	srv := Server(r)
	if timeout <= 0 || r.ContentLength == 0 || r.ProtoMajor != 1 || srv != nil && srv.ReadTimeout > 0 {
		return func() {}
	}
	rc, end := http.NewResponseController(w), time.Now().Add(timeout)
	_ = rc.SetReadDeadline(end)
	return func() {
		// A deadline that has passed stays, because the server continues to read when
		// the handler returns.
		if time.Now().Before(end) {
			_ = rc.SetReadDeadline(time.Time{})
		}
	}
}
