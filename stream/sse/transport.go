package sse

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"time"

	"github.com/rivulet-go/rivulet/internal/once"
	writers "github.com/rivulet-go/rivulet/internal/transport"
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
	t := transport{w: w, timeout: writers.WriteTimeout(r, o.WriteTimeout), logger: o.Logger}
	if srv := writers.Server(r); srv != nil && srv.WriteTimeout > 0 && t.setDeadline(time.Time{}) != nil {
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
		part := b[:min(len(b), writers.PartSize)]
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

// boundBody gives what is left of the body of r the time of a write, until the
// function that it returns is called.
func (t *transport) boundBody(r *http.Request) (came func()) {
	return writers.BoundBody(t.w, r, t.timeout)
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
func (t *transport) flush() error {
	err := writers.Flush(t.w)
	if writers.CannotFlush(err) {
		// Something has been sent, so it is not the error that Open means.
		err = fmt.Errorf("%T cannot flush: %v", t.w, err)
		t.noteNoFlush(err)
	}
	return err
}

// log returns where the stream logs.
func (t *transport) log() *slog.Logger { return cmp.Or(t.logger, slog.Default()) }

// noteNoDeadline says that the server ends streams, once for each kind of writer.
func (t *transport) noteNoDeadline() {
	if firstTime("deadline", t.w) {
		t.log().Warn("sse: the server's WriteTimeout ends streams, because some middleware hides SetWriteDeadline and Unwrap",
			slog.String("type", fmt.Sprintf("%T", t.w)), slog.String("innermost", fmt.Sprintf("%T", writers.Innermost(t.w))))
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

// causes are those that a warning was given for.
var causes once.Set

// firstTime reports whether a warning is to be given because of w.
func firstTime(warning string, w http.ResponseWriter) bool {
	return causes.First(cause{warning, reflect.TypeOf(w), reflect.TypeOf(writers.Innermost(w))})
}
