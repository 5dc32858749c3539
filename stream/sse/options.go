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

// Options configure streams. The zero value is ready to use. The methods may be
// called concurrently.
type Options struct {
	// Heartbeat is the time without an event after which the stream sends a
	// comment. The comment keeps proxies from closing the connection, and reveals
	// a client that no longer reads or has closed its connection. It does not
	// reveal a client whose network has failed: see the package doc. If Retry is
	// not sent, a comment also follows the headers, for middleware that holds
	// headers back until there is a body. If the ResponseWriter is wrapped in one
	// without Unwrap, and the client accepts compression, a comment of 2 KB follows,
	// for middleware that holds back what is smaller. EventSource ignores comments. A client
	// without a complete parser may fail at them. Zero means 15 s; negative means
	// no heartbeats.
	//
	// If the query of the request has heartbeat=event, a heartbeat is an event with
	// that type instead, and the first one follows the headers. Its data is the
	// time in milliseconds and, after a space, Retry, if that is sent. So a script can
	// see that heartbeats stay away, and for how long to spread requests. The script
	// of live regions asks for it.
	Heartbeat time.Duration
	// WriteTimeout limits each write to the client. A write that soon follows
	// another one may have up to an eighth less. Unless the server has a
	// ReadTimeout, it also limits the wait for the rest of the request's body.
	// Zero means the server's WriteTimeout, or 30 s if the server has none;
	// negative means no limit. The server's WriteTimeout does not end the stream.
	WriteTimeout time.Duration
	// MaxLife limits the duration of a stream. The context of the stream then ends
	// with ErrMaxLife. Each stream ends up to a tenth earlier, so that streams
	// that began together do not end together. Zero or less means no limit.
	MaxLife time.Duration
	// Retry is how long clients wait before they reconnect, in whole milliseconds.
	// It is sent with the headers. Zero or less means that it is not sent;
	// browsers then wait for a few seconds.
	Retry time.Duration
	// Until ends the streams when it is done. Their contexts end with ErrShutdown.
	// The last line of each stream tells the client to reconnect after a random
	// time around Retry, or around 3 s if Retry is zero. http.Server.Shutdown
	// waits for streams, so pass the function that cancels Until to
	// http.Server.RegisterOnShutdown. Nil means that streams end only with their
	// requests.
	Until context.Context
	// Logger receives errors that no caller sees: errors of a Handler, panics of a
	// ResponseWriter, and warnings about middleware that breaks streams. Each
	// warning is logged once per process for each type of writer. Nil means
	// slog.Default at the time of the line.
	Logger *slog.Logger
}

// Causes for which the context of a stream ends, as returned by context.Cause. The
// context also ends when the client has left or a write has failed.
var (
	// ErrMaxLife means that the stream has lasted for Options.MaxLife.
	ErrMaxLife = errors.New("sse: MaxLife of the stream is over")
	// ErrShutdown means that Options.Until is done.
	ErrShutdown = errors.New("sse: the server is stopping")
	// ErrClosed means that Close has been called. The stream of a HEAD request is
	// closed from the start.
	ErrClosed = errors.New("sse: stream closed")
)

// Open opens a stream with the zero Options.
func Open(w http.ResponseWriter, r *http.Request) (*Stream, error) {
	return Options{}.Open(w, r)
}

// Handler serves a stream with the zero Options.
func Handler(f func(context.Context, *Stream) error) http.Handler {
	return Options{}.Handler(f)
}

// Open answers r with a stream, whatever its method. It sends the status 200 and
// the headers at once, so that the client knows of the stream before its first
// event. The caller must close the stream before its handler returns, and must
// read the body of r before it calls Open: over HTTP/1.1, the server drops the
// rest of the body when it sends the headers.
//
// An error that matches http.ErrNotSupported means that w, or a writer that it
// wraps, cannot flush. Nothing has been sent then, so the caller can still send
// another response. Any other error means that the client has left or that a
// Flush of w has panicked. The response must then be cut.
//
// Open sets Content-Type, and X-Accel-Buffering, which keeps nginx and similar
// proxies from collecting events. Unless the caller has set Cache-Control, it is
// "no-store, no-transform": a proxy that compresses may hold back the end of each
// event (https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.6).
// For a HEAD request, nothing else is sent, and the stream is closed already.
func (o Options) Open(w http.ResponseWriter, r *http.Request) (*Stream, error) {
	if !writers.CanFlush(w) {
		return nil, fmt.Errorf("sse: %T cannot flush, some middleware hides Flush and Unwrap: %w", writers.Innermost(w), http.ErrNotSupported)
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	if h["Cache-Control"] == nil {
		h.Set("Cache-Control", "no-store, no-transform")
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

// Handler serves streams. It opens a stream for each request, calls f in the
// goroutine of the request, and closes the stream when f returns. The context is
// the context of the stream. To read the body of the request, or to refuse it,
// call Open in a handler of your own.
//
// If f returns nil, or the error of its context, the response ends properly.
// EventSource reconnects even then: to stop it, answer its next request with
// Stop. If f returns another error or panics, the response is cut, since the
// status has been sent and some clients take a proper end for success. The error
// goes to the Logger. If a write has failed, the response is cut whatever f
// returns.
//
// If a ResponseWriter cannot flush, the response has the status 500 and the
// Logger receives a line. Handler panics if f is nil.
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

// logger returns the Logger, or its default.
func (o Options) logger() *slog.Logger { return cmp.Or(o.Logger, slog.Default()) }

// life returns MaxLife, shortened by up to a tenth.
func (o Options) life() time.Duration {
	return o.MaxLife - rand.N(o.MaxLife/10+1)
}
