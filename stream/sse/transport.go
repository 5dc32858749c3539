package sse

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"sync"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse/internal/deadline"
)

// A transport sends bytes to the client, each write with a deadline of its own.
//
// Between writes there is none: over HTTP/2 a deadline resets the stream even
// when nothing is written. The server's ReadTimeout needs no care: HTTP/1.1
// drops it with the end of the request's body, and HTTP/2 applies it to that
// body alone.
type transport struct {
	w       http.ResponseWriter
	timeout time.Duration // per write; negative: none
	last    time.Time     // of a write
	logger  *slog.Logger  // nil: slog.Default
}

// newTransport takes away the deadline that the server has set for the whole
// response.
func newTransport(w http.ResponseWriter, r *http.Request, o Options) transport {
	t := transport{w: w, timeout: deadline.Of(r, o.WriteTimeout), logger: o.Logger}
	if srv := deadline.Server(r); srv != nil && srv.WriteTimeout > 0 && t.setDeadline(time.Time{}) != nil {
		t.noteNoDeadline()
	}
	return t
}

// send writes b and flushes.
func (t *transport) send(b []byte) error {
	for {
		t.arm()
		if len(b) == 0 {
			break
		}
		part := b[:min(len(b), deadline.PartSize)]
		n, err := t.w.Write(part)
		if err == nil && n < len(part) {
			err = io.ErrShortWrite
		}
		if err != nil {
			return err
		}
		if b = b[len(part):]; len(b) == 0 {
			break
		}
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
	srv := deadline.Server(r)
	if t.timeout <= 0 || r.ContentLength == 0 || r.ProtoMajor != 1 || srv != nil && srv.ReadTimeout > 0 {
		return func() {}
	}
	rc, end := http.NewResponseController(t.w), time.Now().Add(t.timeout)
	_ = rc.SetReadDeadline(end)
	return func() {
		// Else it stays, because the server reads on when the handler returns.
		if time.Now().Before(end) {
			_ = rc.SetReadDeadline(time.Time{})
		}
	}
}

// arm sets the deadline of a write.
func (t *transport) arm() {
	t.last = time.Now()
	if t.timeout > 0 {
		_ = t.setDeadline(t.last.Add(t.timeout))
	}
}

func (t *transport) setDeadline(d time.Time) error {
	return http.NewResponseController(t.w).SetWriteDeadline(d)
}

// flush has the bytes leave now.
func (t *transport) flush() (err error) {
	defer func() {
		// Some writers only find out now that they cannot, and do not return it.
		if v := recover(); v != nil {
			if v == http.ErrAbortHandler {
				panic(v)
			}
			err = fmt.Errorf("%w: panic: %v", http.ErrNotSupported, v)
		}
		if errors.Is(err, http.ErrNotSupported) {
			// Something has been sent, so it is not the error that Open means.
			err = fmt.Errorf("%T cannot flush: %v", t.w, err)
			t.noteNoFlush(err)
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

// log returns where the stream logs.
func (t *transport) log() *slog.Logger { return cmp.Or(t.logger, slog.Default()) }

// noteNoDeadline says that the server ends streams, once for each kind of writer.
func (t *transport) noteNoDeadline() {
	if firstTime("deadline", t.w) {
		t.log().Warn("sse: the server's WriteTimeout ends streams, because some middleware hides SetWriteDeadline and Unwrap",
			slog.String("type", fmt.Sprintf("%T", t.w)), slog.String("innermost", fmt.Sprintf("%T", innermost(t.w))))
	}
}

// noteNoFlush says why streams are cut, once for each kind of writer.
func (t *transport) noteNoFlush(err error) {
	if firstTime("flush", t.w) {
		t.log().Error("sse: streams are cut, because the ResponseWriter cannot flush",
			slog.String("type", fmt.Sprintf("%T", t.w)), slog.Any("error", err))
	}
}

// A cause is why a warning is given.
type cause struct {
	warning      string
	outer, inner reflect.Type // of the writer, and of what it wraps
}

// maxCauses bounds what is kept of them, and the log.
const maxCauses = 100

var causes struct {
	sync.Mutex
	seen map[cause]bool
}

// firstTime reports whether a warning is to be given because of w.
func firstTime(warning string, w http.ResponseWriter) bool {
	c := cause{warning, reflect.TypeOf(w), reflect.TypeOf(innermost(w))}
	causes.Lock()
	defer causes.Unlock()
	if causes.seen[c] || len(causes.seen) >= maxCauses {
		return false
	}
	if causes.seen == nil {
		causes.seen = make(map[cause]bool)
	}
	causes.seen[c] = true
	return true
}
