package stream

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	writers "github.com/rivulet-go/rivulet/internal/transport"
)

// A transport sends bytes to the client, each write with its own deadline.
//
// The deadline of the last write stays, for the bytes that the server still has to
// flush. net/http removes it before the connection's next request.
type transport struct {
	w         http.ResponseWriter // constant
	logger    *slog.Logger
	deadline  writers.Deadline
	committed bool // status and headers were sent, or may have been
	noFlush   bool // w cannot flush
	sent      int  // number of bytes
}

// begin removes the deadline that the server has set for the whole response.
func (t *transport) begin(r *http.Request, timeout time.Duration, logger *slog.Logger) {
	t.logger, t.deadline = logger, writers.NewDeadline(r, writers.WriteTimeout(r, timeout))
	if srv := writers.Server(r); srv != nil && srv.WriteTimeout > 0 && writers.RemoveDeadline(t.w) != nil {
		noteNoDeadline(logger, t.w)
	}
}

// send writes b. A status other than zero is sent with the first bytes.
func (t *transport) send(b []byte, status int, flush bool) error {
	if status != 0 && !t.committed {
		t.w.WriteHeader(status)
	}
	t.committed = true
	for {
		t.arm()
		part := b[:min(len(b), writers.PartSize)]
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
	t.deadline.Disarm(t.w)
	return err
}

// boundBody limits the wait for the rest of the body of r to the time of a write,
// until the function that it returns is called.
func (t *transport) boundBody(r *http.Request) (came func()) {
	return writers.BoundBody(t.w, r, t.deadline.Timeout)
}

// arm sets the deadline of the next write.
func (t *transport) arm() { t.deadline.Arm(t.w, time.Now()) }

// flush flushes w if it can.
func (t *transport) flush() error {
	if t.noFlush {
		return nil
	}
	err := writers.Flush(t.w)
	if writers.CannotFlush(err) {
		noteNoFlush(t.logger, t.w, err)
		t.noFlush, err = true, nil
	}
	return err
}

// noteNoFlush logs why pages are not streamed, once for each kind of writer.
func noteNoFlush(logger *slog.Logger, w http.ResponseWriter, err error) {
	if firstTime(noFlush, w) {
		logger.Warn("stream: pages are sent whole, because the ResponseWriter cannot flush: some middleware hides Flush and Unwrap",
			slog.String("type", fmt.Sprintf("%T", w)), slog.String("innermost", fmt.Sprintf("%T", writers.Innermost(w))), slog.Any("error", err))
	}
}

// noteNoDeadline logs that the server may cut pages, once for each kind of writer.
func noteNoDeadline(logger *slog.Logger, w http.ResponseWriter) {
	if firstTime(noDeadline, w) {
		logger.Warn("stream: the server's WriteTimeout cuts pages that take longer, because some middleware hides SetWriteDeadline and Unwrap",
			slog.String("type", fmt.Sprintf("%T", w)), slog.String("innermost", fmt.Sprintf("%T", writers.Innermost(w))))
	}
}
