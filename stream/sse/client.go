package sse

import (
	"cmp"
	"context"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse/internal/upstream"
)

// A Client receives the events of a URL, over as many connections as it takes,
// as EventSource does: https://html.spec.whatwg.org/multipage/server-sent-events.html#processing-model
// Beyond EventSource it can POST, send headers, wait longer and longer for a
// server that is away, and it comes back after the statuses that a server has
// while it is restarted.
//
// Only the URL is needed. The fields are constant once Events has been called;
// then a Client is safe for concurrent use.
type Client struct {
	// URL is where the events are.
	URL string
	// Method of the request. Empty means GET, or POST if there is a Body.
	Method string
	// Header is sent with each request. What it says about Accept and
	// Cache-Control goes before what the Client would say.
	Header http.Header
	// Body is sent with each request.
	Body []byte
	// Prepare, unless nil, is called with each request before it is sent, to
	// refresh a token for example. Its error is final.
	Prepare func(*http.Request) error
	// HTTP sends the requests. Nil means http.DefaultClient. One with a
	// Timeout cuts every connection after that time.
	HTTP *http.Client

	// LastEventID is the id to go on after. Empty means none.
	LastEventID string
	// RepeatPOST lets a request with another method than GET be sent again,
	// which the server may then carry out twice. Else its first connection is
	// the only one: its end is the end of the events, its error is final.
	RepeatPOST bool
	// Wait is how long to wait before the first reconnection, until the server
	// sends another time as retry. Zero means one second. Each further attempt
	// without an event in between doubles it, up to MaxWait, and up to half of
	// it is added at random, so that clients do not come back all at once.
	// Whatever Wait, MaxWait and the server say, it is never less than 100 ms,
	// and grows to 1 s while connections end within a second.
	Wait time.Duration
	// MaxWait caps what doubling makes of Wait, not what the server asks for
	// by retry or Retry-After. Zero means one minute.
	MaxWait time.Duration
	// Idle is how long to wait for the server's next byte, its headers and
	// its heartbeats included, before the connection is given up with
	// ErrIdle. Zero means for ever. Set it to some multiple of the heartbeat
	// that the server is known to have.
	Idle time.Duration
	// MaxEventSize limits one event, in bytes. A larger one ends the events. Zero
	// means DefaultMaxEventSize.
	MaxEventSize int

	// OnError receives why a connection has ended and how long the Client waits
	// before the next: io.EOF if the server ended it properly,
	// a *ResponseError, ErrIdle or an error of the network. Nil means that
	// all but io.EOF go to the Logger.
	OnError func(err error, wait time.Duration)
	// Logger receives the ends of connections unless OnError is set. Nil means slog.Default at
	// the time of the line.
	Logger *slog.Logger
}

// ErrIdle ends a connection on which nothing came for the time Idle of a Client or
// an llm.Relay.
var ErrIdle = upstream.ErrIdle

// Events connects when it is ranged over, and again whenever the connection
// ends, with the last id that came as Last-Event-ID. It ends
//   - without an error when the server answers 204, which is how it says stop;
//   - with a *ResponseError for any other answer that is not 200 with the type
//     text/event-stream, unless the status is 408, 425, 429 or 5xx, after
//     which the Client waits, as long as Retry-After says if it does;
//   - with an error matching that of ctx, or its cause, when ctx ends;
//   - with the error of Prepare, an error matching ErrEventTooLarge, or one
//     that says that the request cannot be made;
//   - when a request that is not to be repeated has ended, see RepeatPOST.
//
// An event's ID is the last one set, on this connection or before. When the
// loop is left, the connection is closed.
func (c *Client) Events(ctx context.Context) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		s := session{Client: c, yield: yield, lastID: c.LastEventID, backoff: backoff{wait: c.Wait, most: c.MaxWait}}
		if err := s.run(ctx); err != nil {
			yield(Event{}, err)
		}
	}
}

func (c *Client) method() string {
	switch {
	case c.Method != "":
		return c.Method
	case len(c.Body) > 0:
		return http.MethodPost
	}
	return http.MethodGet
}

func (c *Client) client() *http.Client {
	if c.HTTP != nil {
		return c.HTTP
	}
	return http.DefaultClient
}

// report tells OnError, or else the Logger, why a connection has ended.
func (c *Client) report(err error, wait time.Duration) {
	switch {
	case c.OnError != nil:
		c.OnError(err, wait)
	case err != io.EOF:
		cmp.Or(c.Logger, slog.Default()).Warn("sse: connection lost", slog.Any("error", err), slog.Duration("wait", wait))
	}
}
