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

// A pageWriter is the ResponseWriter of a Page or of Renderer.ErrorHandler. It
// holds the status back until it is known whether a component is sent or the Page
// answers by itself. An answer of the Page itself passes through unchanged.
type pageWriter struct {
	http.ResponseWriter
	p        *response
	held     atomic.Int32 // the status that is held back; zero means none
	code     int32        // the status of an answer that has begun; zero before
	bytes    int          // number of bytes written
	hijacked bool
	prepared bool        // the next WriteHeader replaces the status that is held back
	taken    atomic.Bool // the Page has returned a component
}

var errTaken = errors.New("stream: ResponseWriter used after its Page has returned a component")

// Header returns the header of the response. After the Page has returned a
// component and a load has started, it returns an empty header instead, since
// loads run at the same time.
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

// A lateHeader identifies the warning about Header, which is given once for each
// pattern.
type lateHeader struct{ pattern string }

func (w *pageWriter) WriteHeader(code int) {
	switch {
	case code >= 100 && code < 200 && code != http.StatusSwitchingProtocols:
		w.ResponseWriter.WriteHeader(code) // informational: another status follows
	case w.code != 0 || code < 100 || code > 999:
		w.ResponseWriter.WriteHeader(code) // superfluous or invalid: net/http reports it
	case w.prepared:
		w.prepared = false
		w.held.Store(int32(code))
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

// ReadFrom keeps the fast path of net/http for files.
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

// FlushError flushes an answer of the Page itself.
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
		w.tell(http.StatusSwitchingProtocols) // the real status is not known
	}
	return conn, rw, err
}

func (w *pageWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Status returns the status that has been set, or zero if there is none.
func (w *pageWriter) Status() int { return int(cmp.Or(w.code, w.held.Load())) }

// Written reports whether the answer has begun.
func (w *pageWriter) Written() bool { return w.code != 0 }

// begin sends the status that was held back, before the first byte.
func (w *pageWriter) begin() {
	if w.code != 0 {
		return
	}
	w.p.header.begin(w.p, true)
	held := int(w.held.Load())
	if held == 0 {
		held, _ = writers.Status(w.ResponseWriter)
	}
	w.tell(cmp.Or(held, http.StatusOK))
	if held = int(w.held.Load()); held != 0 {
		w.ResponseWriter.WriteHeader(held)
	}
}

// tell records the status of the answer and calls Trace.Status.
func (w *pageWriter) tell(code int) {
	w.code = int32(code)
	if t := w.p.trace; t.Status != nil {
		t.Status(w.p.ctx, code)
	}
}

// finish ends an answer that is not a page.
func (w *pageWriter) finish() {
	w.begin()
	if !w.hijacked {
		w.boundBody() // the server reads the body before it sends what is left of the answer
	}
	if t := w.p.trace; t.Flushed != nil && w.bytes > 0 {
		t.Flushed(w.p.ctx, w.bytes)
	}
}

// boundBody limits the wait for the rest of the request's body to the time of a
// write.
func (w *pageWriter) boundBody() {
	writers.BoundBody(w.ResponseWriter, w.p.r, writers.WriteTimeout(w.p.r, w.p.rd.WriteTimeout))
}

// cut ends an answer that has begun and will not be finished, so that it does not
// look whole.
func (w *pageWriter) cut() {
	if w.code != 0 && !w.hijacked {
		cut.Response(w.ResponseWriter, w.p.r)
	}
}
