package stream

import (
	"bufio"
	"cmp"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync/atomic"

	"github.com/rivulet-go/rivulet/internal/cut"
	writers "github.com/rivulet-go/rivulet/internal/transport"
)

// A pageWriter is what a Page, or Renderer.ErrorHandler, is given. It keeps the status
// back until it is known who answers: a component, with the headers of a page,
// or the Page itself, whose answer passes straight on.
type pageWriter struct {
	http.ResponseWriter
	p        *response
	held     atomic.Int32 // the status that is kept back; zero: none
	code     int          // that has left, or would have; zero: none
	bytes    int          // that have passed
	hijacked bool
	taken    atomic.Bool // the Page has returned a component
}

var errTaken = errors.New("stream: the Page has returned a component, which is sent")

// Header returns the header of the response, but nothing of it to those who may
// come at the same time as others: the loads, and all while they run.
func (w *pageWriter) Header() http.Header {
	if w.taken.Load() && w.p.loads.started.Load() > 0 {
		if causes.First(lateHeader{w.p.r.Pattern}) {
			w.p.rd.logger().WarnContext(w.p.ctx, "stream: Header was called in a load, or after one had started: what is set there is not sent",
				slog.String("path", w.p.r.URL.Path), slog.String("stack", string(debug.Stack())))
		}
		return make(http.Header)
	}
	return w.ResponseWriter.Header()
}

// A lateHeader is the cause of a warning.
type lateHeader struct{ pattern string }

func (w *pageWriter) WriteHeader(code int) {
	switch {
	case code >= 100 && code < 200 && code != http.StatusSwitchingProtocols:
		w.ResponseWriter.WriteHeader(code) // a status is still to come
	case w.code != 0 || code < 100 || code > 999:
		w.ResponseWriter.WriteHeader(code) // which knows what to say
	default:
		w.held.CompareAndSwap(0, int32(code))
	}
}

func (w *pageWriter) Write(b []byte) (int, error) {
	if w.taken.Load() {
		return 0, errTaken
	}
	w.begin()
	n, err := w.ResponseWriter.Write(b)
	w.bytes += n
	return n, err
}

// ReadFrom keeps what the server does for files.
func (w *pageWriter) ReadFrom(src io.Reader) (int64, error) {
	if w.taken.Load() {
		return 0, errTaken
	}
	w.begin()
	n, err := io.Copy(w.ResponseWriter, src)
	w.bytes += int(n)
	return n, err
}

func (w *pageWriter) Flush() { _ = w.FlushError() }

// FlushError is for a Page that leaves the answer to another handler.
func (w *pageWriter) FlushError() error {
	if w.taken.Load() {
		return errTaken
	}
	w.begin()
	return http.NewResponseController(w.ResponseWriter).Flush()
}

func (w *pageWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil && w.code == 0 {
		w.hijacked = true
		w.tell(http.StatusSwitchingProtocols) // as far as we shall ever know
	}
	return conn, rw, err
}

func (w *pageWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Status returns the status that has been set, or zero.
func (w *pageWriter) Status() int { return cmp.Or(w.code, int(w.held.Load())) }

// Written reports whether the status has left.
func (w *pageWriter) Written() bool { return w.code != 0 }

// begin sends the status that was kept back, before the first byte.
func (w *pageWriter) begin() {
	if w.code != 0 {
		return
	}
	held := int(w.held.Load())
	if held == 0 {
		held, _ = writers.Status(w.ResponseWriter)
	}
	w.tell(cmp.Or(held, http.StatusOK))
	if held = int(w.held.Load()); held != 0 {
		w.ResponseWriter.WriteHeader(held)
	}
}

// tell notes that a status leaves.
func (w *pageWriter) tell(code int) {
	w.code = code
	if t := w.p.trace; t.Status != nil {
		t.Status(w.p.ctx, code)
	}
}

// finish ends an answer that is no page.
func (w *pageWriter) finish() {
	w.begin()
	if !w.hijacked {
		w.boundBody() // the server sends it when the handler has returned
	}
	if t := w.p.trace; t.Flushed != nil && w.bytes > 0 {
		t.Flushed(w.p.ctx, w.bytes)
	}
}

// boundBody gives what is left of the request's body the time of a write.
func (w *pageWriter) boundBody() {
	out := transport{w: w.ResponseWriter, timeout: writers.WriteTimeout(w.p.r, w.p.rd.WriteTimeout)}
	out.boundBody(w.p.r)
}

// cut keeps an answer that has begun, and is not to be finished, from ending
// like a finished one.
func (w *pageWriter) cut() {
	if w.code != 0 && !w.hijacked {
		cut.Response(w.ResponseWriter, w.p.r)
	}
}
