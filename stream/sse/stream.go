package sse

import (
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

// A Stream is a response that events are sent with, made by Open. Its methods
// may be called by any number of goroutines at once: events never mix. Each
// call is one write, or one for every 64 KiB, and one flush.
//
// A write that fails, or takes longer than its time, ends the stream: its
// method returns the error, the context ends, and whatever is sent later
// returns that error, too. What is sent after the client has left, as far as
// the server knows of it, returns the cause of the request's context. After
// ErrMaxLife and ErrShutdown there is still time for last events.
type Stream struct {
	r      *http.Request
	ctx    context.Context
	end    context.CancelCauseFunc
	until  context.Context // Options.Until; nil: none
	unhook func() bool     // from until
	life   *time.Timer     // nil: no limit
	retry  time.Duration

	mu     sync.Mutex // held while the ResponseWriter is used
	out    transport
	pulse  pulse
	err    error // of a write
	closed bool  // the ResponseWriter belongs to the server again
}

// Send sends an event. It returns ErrEventID or ErrEventName, and sends
// nothing, for one that would be read as something else.
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
// renders c before it locks the stream. If c fails, it sends nothing, returns the
// error, and the stream goes on. It waits for the boundaries within c.
func (s *Stream) SendComponent(ctx context.Context, e Event, c templ.Component) error {
	buf := getBuffer()
	defer putBuffer(buf)
	if err := e.appendComponent(ctx, buf, c); err != nil {
		return err
	}
	return s.write(buf.b)
}

// Comment sends lines that clients ignore. They do not end with a blank line,
// which some clients take for an event.
func (s *Stream) Comment(text string) error {
	buf := getBuffer()
	defer putBuffer(buf)
	buf.b = append(appendLines(buf.b, ": ", text), '\n')
	return s.write(buf.b)
}

// Request returns the request that the stream answers. Its context does not end
// with the stream.
func (s *Stream) Request() *http.Request { return s.r }

// LastEventID returns the id of the last event that the client has seen, or "".
// See the function LastEventID.
func (s *Stream) LastEventID() string { return LastEventID(s.r) }

// Context returns the context of the request, ended earlier if the stream is:
// with the cause ErrMaxLife, ErrShutdown or ErrClosed, or that of a write that
// has failed, unless the server has ended the request's context for it.
func (s *Stream) Context() context.Context { return s.ctx }

// Close ends the stream. It waits for the write that is under way, if any, and
// nothing touches the ResponseWriter afterwards, the heartbeat included. It must
// be called before the handler returns. Further calls do nothing.
//
// The response itself ends when the handler returns, or is cut when it panics
// with http.ErrAbortHandler. That is for a stream that must not look finished.
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
		s.out.arm() // for what the server still has to send
	}
	s.end(ErrClosed)
}

func newStream(w http.ResponseWriter, r *http.Request, o Options) *Stream {
	s := &Stream{r: r, retry: o.Retry, out: newTransport(w, r, o)}
	s.ctx, s.end = context.WithCancelCause(r.Context())
	return s
}

// start sends the headers and starts the clocks.
func (s *Stream) start(o Options) error {
	// No blank line after it: clients obey the line at once.
	first := appendRetry(nil, o.Retry)
	if len(first) == 0 && o.Heartbeat >= 0 {
		first = heartbeat
	}
	bodyCame := s.out.boundBody(s.r)
	err := s.write(first)
	bodyCame()
	if err != nil {
		return err
	}
	s.startPulse(o.Heartbeat)
	if o.MaxLife > 0 {
		s.life = time.AfterFunc(o.life(), func() { s.end(ErrMaxLife) })
	}
	if o.Until != nil {
		s.until = o.Until
		s.unhook = context.AfterFunc(o.Until, func() { s.end(ErrShutdown) })
	}
	return nil
}

// serve calls f and ends the stream as Handler says.
func (s *Stream) serve(f func(context.Context, *Stream) error) {
	failed := true // also by a panic, which goes on up
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

// hear ends the context if Until is done. The handler may have heard of that first,
// and how the stream ends is not to depend on it.
func (s *Stream) hear() {
	if s.until != nil && s.until.Err() != nil {
		s.end(ErrShutdown)
	}
}

// failed reports whether the stream must not look finished, and logs why if
// nobody else knows.
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

// gone returns why nothing can be sent any more. s.mu is held.
func (s *Stream) gone() error {
	switch {
	case s.err != nil:
		return s.err
	case s.closed:
		return ErrClosed
	}
	return context.Cause(s.r.Context())
}

// send sends b. s.mu is held.
func (s *Stream) send(b []byte) error {
	if err := s.out.send(b); err != nil {
		s.err = fmt.Errorf("sse: write: %w", err)
		s.end(s.err)
		return s.err
	}
	return nil
}

const defaultRetry = 3 * time.Second // about what browsers wait by themselves

// lastRetry spreads the return of the clients of a server that stops.
func (s *Stream) lastRetry() time.Duration {
	retry := min(s.retry, longestWait)
	if retry <= 0 {
		retry = defaultRetry
	}
	return retry/2 + rand.N(retry+1)
}
