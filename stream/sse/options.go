package sse

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"time"

	writers "github.com/rivulet-go/rivulet/internal/transport"
)

// Options say how streams are sent. The zero value is ready to use. The methods
// may be called for any number of requests at once.
type Options struct {
	// Heartbeat is how long a stream is silent before a comment is sent, so
	// that proxies keep the connection and a client that no longer reads, or
	// whose end of the connection is gone, is noticed. One whose network is
	// gone is not: see the package doc. It also goes with the headers, for middleware that holds them
	// back until there is a body. Clients do not see it; those that take the
	// stream apart with less than a parser may trip over it. Zero means 15 s;
	// negative means no heartbeats.
	Heartbeat time.Duration
	// WriteTimeout is the time for each write to the client, and for the rest
	// of the request's body unless the server has a ReadTimeout. Zero means the
	// server's WriteTimeout, or 30 s if it has none; negative means none. The
	// server's WriteTimeout does not end the stream.
	WriteTimeout time.Duration
	// MaxLife is the longest that a stream lasts. Its context then ends with
	// ErrMaxLife, up to a tenth earlier, so that streams that began together
	// do not end together. Zero or less means no limit.
	MaxLife time.Duration
	// Retry is how long clients are to wait before they reconnect, in whole
	// milliseconds. They are told with the headers. Zero or less means that
	// they are not told; browsers then wait for some seconds.
	Retry time.Duration
	// Until ends the streams when it is done: their contexts then end with
	// ErrShutdown, and their last line spreads the clients' return around
	// Retry, or 3 s. http.Server.Shutdown waits for streams, so a server that
	// is to stop needs it: give the function that cancels it to
	// http.Server.RegisterOnShutdown. Nil means that streams end with their
	// requests only.
	Until context.Context
	// Logger receives what would otherwise vanish: errors of a Handler, panics of a
	// ResponseWriter, and warnings about middleware that breaks streams. Each
	// warning is logged once per process for each kind of writer. Nil means
	// slog.Default at the time of the line.
	Logger *slog.Logger
}

// Why the context of a stream has ended, as context.Cause tells, besides a
// client that has left and a write that has failed.
var (
	// ErrMaxLife means that Options.MaxLife is over.
	ErrMaxLife = errors.New("sse: the stream's MaxLife is over")
	// ErrShutdown means that Options.Until is done.
	ErrShutdown = errors.New("sse: the server is stopping")
	// ErrClosed means that Close has been called. A stream that answers a
	// HEAD request begins with it.
	ErrClosed = errors.New("sse: the stream is closed")
)

// Open opens a stream with the zero Options.
func Open(w http.ResponseWriter, r *http.Request) (*Stream, error) {
	return Options{}.Open(w, r)
}

// Handler serves a stream with the zero Options.
func Handler(f func(context.Context, *Stream) error) http.Handler {
	return Options{}.Handler(f)
}

// Open answers r with a stream, whatever its method: it sends the status 200
// and the headers at once, so that a client knows of the stream before its
// first event. The caller closes the stream before its handler returns. What
// the handler needs of the body of r must have been read before, since over
// HTTP/1.1 the server drops the rest when it sends the headers.
//
// An error that matches http.ErrNotSupported means that w, or what it wraps,
// cannot flush. Nothing has been sent then, so the caller can still answer.
// With any other error the client has gone, or a Flush of w has panicked, and the
// response must be cut.
//
// Open sets the Content-Type and X-Accel-Buffering, which keeps nginx and its
// kin from collecting events, and Cache-Control unless the caller has. An
// answer to HEAD ends there: its stream is closed already.
func (o Options) Open(w http.ResponseWriter, r *http.Request) (*Stream, error) {
	if !writers.CanFlush(w) {
		return nil, fmt.Errorf("sse: %T cannot flush, some middleware hides Flush and Unwrap: %w", writers.Innermost(w), http.ErrNotSupported)
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	if h["Cache-Control"] == nil {
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(http.StatusOK)
	s := newStream(w, r, o)
	if r.Method == http.MethodHead {
		s.Close()
		return s, nil
	}
	if err := s.start(o); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Handler serves a stream. It opens one for each request, calls f in the
// request's goroutine and closes the stream when f returns. The context is that
// of the stream. Who needs the body of the request, or wants to refuse it,
// calls Open in a handler of their own.
//
// When f returns nil, or the error with which its context has ended, the
// response ends like any other. EventSource reconnects then, too; to be rid of
// it, the next request must be answered by Stop. Any other error goes to
// the Logger and, like a panic, cuts the response: there is no status left to
// change, and clients for which a proper end means that all has been said must
// not take it for one. A stream whose write has failed is cut whatever f
// returns.
//
// A ResponseWriter that cannot flush is answered with the status 500 and a line
// in the Logger. Handler panics if f is nil.
func (o Options) Handler(f func(context.Context, *Stream) error) http.Handler {
	if f == nil {
		panic("sse: Handler with a nil function")
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := o.Open(w, r)
		switch {
		case errors.Is(err, http.ErrNotSupported):
			o.logger().ErrorContext(r.Context(), "sse: no stream", slog.String("path", r.URL.Path), slog.Any("error", err))
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		case err != nil:
			panic(http.ErrAbortHandler)
		case r.Method != http.MethodHead:
			s.serve(f)
		}
	})
}

// logger returns where the streams log.
func (o Options) logger() *slog.Logger { return cmp.Or(o.Logger, slog.Default()) }

// life returns MaxLife or up to a tenth less.
func (o Options) life() time.Duration {
	return o.MaxLife - rand.N(o.MaxLife/10+1)
}
