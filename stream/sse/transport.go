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

// A transport sends bytes to the client. Each write has its own deadline.
//
// The server's ReadTimeout does not matter: HTTP/1.1 removes it at the end of the
// request's body, and HTTP/2 applies it to that body only.
type transport struct {
	w        http.ResponseWriter
	deadline writers.Deadline
	last     time.Time    // time of the last write
	logger   *slog.Logger // nil: slog.Default
}

// newTransport removes the deadline that the server has set for the response.
func newTransport(w http.ResponseWriter, r *http.Request, o Options) transport {
	t := transport{w: w, logger: o.Logger}
	t.deadline = writers.NewDeadline(r, writers.WriteTimeout(r, o.WriteTimeout))
	if srv := writers.Server(r); srv != nil && srv.WriteTimeout > 0 && writers.RemoveDeadline(w) != nil {
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
	t.deadline.Disarm(t.w)
	return err
}

// boundBody limits the wait for the rest of the body of r to the time of a write,
// until came is called.
func (t *transport) boundBody(r *http.Request) (came func()) {
	return writers.BoundBody(t.w, r, t.deadline.Timeout)
}

// arm sets the deadline of a write.
func (t *transport) arm() {
	t.last = time.Now()
	t.deadline.Arm(t.w, t.last)
}

// flush sends the buffered bytes.
func (t *transport) flush() error {
	err := writers.Flush(t.w)
	if writers.CannotFlush(err) {
		// Bytes have been sent, so this must not match http.ErrNotSupported: see Open.
		err = fmt.Errorf("%T cannot flush: %v", t.w, err)
		t.noteNoFlush(err)
	}
	return err
}

// log returns the logger, or its default.
func (t *transport) log() *slog.Logger { return cmp.Or(t.logger, slog.Default()) }

// noteNoDeadline warns that the server ends streams, once for each type of
// writer.
func (t *transport) noteNoDeadline() {
	if firstTime("deadline", t.w) {
		t.log().Warn("sse: the server's WriteTimeout ends streams, because some middleware hides SetWriteDeadline and Unwrap",
			slog.String("type", fmt.Sprintf("%T", t.w)), slog.String("innermost", fmt.Sprintf("%T", writers.Innermost(t.w))))
	}
}

// noteNoFlush logs why streams are cut, once for each type of writer.
func (t *transport) noteNoFlush(err error) {
	if firstTime("flush", t.w) {
		t.log().Error("sse: streams are cut, because the ResponseWriter cannot flush",
			slog.String("type", fmt.Sprintf("%T", t.w)), slog.Any("error", err))
	}
}

// A cause is the reason for a warning.
type cause struct {
	warning      string
	outer, inner reflect.Type // types of the writer and of the innermost writer in it
}

// causes are the reasons that have been warned about.
var causes once.Set

// firstTime reports whether a warning about w is still to be logged.
func firstTime(warning string, w http.ResponseWriter) bool {
	return causes.First(cause{warning, reflect.TypeOf(w), reflect.TypeOf(writers.Innermost(w))})
}
