package sse

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/cut"
)

// A Stream is a response that sends events. Open returns it. Its methods may be
// called concurrently: events never mix. Each call makes one write, or one for
// every 64 KiB, and one flush.
//
// A write that fails or exceeds its time ends the stream. The method returns the
// error, the context ends, and later calls return the same error. After the
// client has left, methods return the cause of the request's context. After
// ErrMaxLife and ErrShutdown, the handler can still send last events.
type Stream struct {
	r      *http.Request
	ctx    context.Context
	cancel context.CancelCauseFunc
	until  context.Context // Options.Until; may be nil
	unhook func() bool     // removes the stream from until
	life   *time.Timer     // nil: no limit
	retry  time.Duration

	mu     sync.Mutex // held while the ResponseWriter is used
	out    transport
	pulse  pulse
	err    error // of a write that has failed
	closed bool  // the ResponseWriter must not be used any more
}

// Send sends an event. It sends nothing and returns ErrEventID or ErrEventName
// for an event that clients would read as another one.
func (s *Stream) Send(e Event) error {
	buf := getBuffer()
	defer putBuffer(buf)
	var err error
	if buf.b, err = e.AppendTo(buf.b); err != nil {
		return err
	}
	return s.write(buf.b)
}

// SendComponent sends an event whose data is e.Data followed by the HTML of c. It
// renders c, with all boundaries in it, before it locks the stream. If c fails,
// SendComponent returns the error, sends nothing, and the stream continues.
func (s *Stream) SendComponent(ctx context.Context, e Event, c templ.Component) error {
	buf := getBuffer()
	defer putBuffer(buf)
	if err := e.appendComponent(ctx, buf, c); err != nil {
		return err
	}
	return s.write(buf.b)
}

// Comment sends lines that clients ignore. No blank line follows, which some
// clients take for an event.
func (s *Stream) Comment(text string) error {
	buf := getBuffer()
	defer putBuffer(buf)
	buf.b = appendComment(buf.b, text)
	return s.write(buf.b)
}

// Request returns the request that the stream answers. The context of the request
// does not end with the stream.
func (s *Stream) Request() *http.Request { return s.r }

// LastEventID returns the ID of the last event that the client has received, or
// "". See the function LastEventID.
func (s *Stream) LastEventID() string { return LastEventID(s.r) }

// Context returns the context of the stream. It ends with the request's context,
// or earlier with the stream. Its cause is then ErrMaxLife, ErrShutdown,
// ErrClosed or the error of a write that has failed. After a failed write, the
// server may end the request's context first, with a cause of its own.
func (s *Stream) Context() context.Context { return s.ctx }

// Close ends the stream. It waits for a write that is in progress. After Close,
// nothing uses the ResponseWriter, not even a heartbeat. Close must be called
// before the handler returns. Further calls do nothing.
//
// The response ends when the handler returns. To cut a response that must not
// look complete, panic with http.ErrAbortHandler.
func (s *Stream) Close() {
	if s.unhook != nil {
		s.unhook()
	}
	s.hear()
	if s.life != nil {
		s.life.Stop()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	if context.Cause(s.ctx) == ErrShutdown && s.gone() == nil {
		_ = s.send(appendRetry(nil, s.lastRetry()))
	}
	s.closed = true
	s.pulse.stop()
	if s.err == nil {
		s.out.arm() // for the bytes that the server still has to send
	}
	s.cancel(ErrClosed)
}

func newStream(w http.ResponseWriter, r *http.Request, o Options) *Stream {
	s := &Stream{r: r, retry: o.Retry, out: newTransport(w, r, o)}
	s.ctx, s.cancel = context.WithCancelCause(r.Context())
	return s
}

// start sends the headers and starts the timers.
func (s *Stream) start(o Options) error {
	// No blank line after it: clients obey the line at once.
	first := appendRetry(nil, o.Retry)
	s.pulse = pulse{every: cmp.Or(o.Heartbeat, defaultHeartbeat), line: heartbeat}
	visible := asksForEvents(s.r)
	if visible {
		s.pulse.line = visibleHeartbeat(s.pulse.every, o.Retry)
	}
	if o.Heartbeat >= 0 {
		if len(first) == 0 || visible {
			first = append(first, s.pulse.line...)
		}
		if needsPadding(s.out.w, s.r) {
			first = append(first, padding...)
		}
	}
	bodyCame := s.out.boundBody(s.r)
	err := s.write(first)
	bodyCame()
	if err != nil {
		return err
	}
	s.startPulse()
	if o.MaxLife > 0 {
		s.life = time.AfterFunc(o.life(), func() { s.cancel(ErrMaxLife) })
	}
	if o.Until != nil {
		s.until = o.Until
		s.unhook = context.AfterFunc(o.Until, func() { s.cancel(ErrShutdown) })
	}
	return nil
}

// serve calls f and ends the stream as Handler describes.
func (s *Stream) serve(f func(context.Context, *Stream) error) {
	failed := true // after a panic of f, too
	defer func() {
		s.Close()
		if failed {
			cut.Response(s.out.w, s.r)
		}
	}()
	err := f(s.ctx, s)
	s.hear()
	if failed = s.failed(err); failed {
		panic(http.ErrAbortHandler)
	}
}

// hear ends the context if Until is done. The handler may notice Until before the
// stream does, and the end of the stream must not depend on that.
func (s *Stream) hear() {
	if s.until != nil && s.until.Err() != nil {
		s.cancel(ErrShutdown)
	}
}

// failed reports whether the stream must be cut. It logs the error unless a
// caller has seen it.
func (s *Stream) failed(err error) bool {
	s.mu.Lock()
	broken := s.err != nil
	s.mu.Unlock()
	switch {
	case broken:
		return true
	case err == nil, s.ctx.Err() != nil && (errors.Is(err, s.ctx.Err()) || errors.Is(err, context.Cause(s.ctx))):
		return false
	}
	s.out.log().ErrorContext(s.ctx, "sse: stream failed", slog.String("path", s.r.URL.Path), slog.Any("error", err))
	return true
}

// write sends b unless the stream has ended.
func (s *Stream) write(b []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.gone(); err != nil {
		return err
	}
	return s.send(b)
}

// gone returns the reason why nothing can be sent any more, or nil. s.mu is held.
func (s *Stream) gone() error {
	switch {
	case s.err != nil:
		return s.err
	case s.closed:
		return ErrClosed
	}
	if s.ctx.Err() == nil {
		return nil // it ends with the request's context
	}
	return context.Cause(s.r.Context())
}

// send sends b. s.mu is held.
func (s *Stream) send(b []byte) error {
	if err := s.out.send(b); err != nil {
		s.err = fmt.Errorf("sse: write: %w", err)
		s.cancel(s.err)
		return s.err
	}
	return nil
}

const defaultRetry = 3 * time.Second // about the default of browsers

// lastRetry returns a random retry, so that the clients of a server that stops do
// not all reconnect at once.
func (s *Stream) lastRetry() time.Duration {
	retry := min(s.retry, longestWait)
	if retry <= 0 {
		retry = defaultRetry
	}
	return retry/2 + rand.N(retry+1)
}
