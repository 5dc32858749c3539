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

// A Client receives the events of a URL and reconnects when a connection ends, as
// EventSource does:
// https://html.spec.whatwg.org/multipage/server-sent-events.html#processing-model.
// Unlike EventSource, it can POST and send headers. It waits longer and longer
// while a server is down, and reconnects after the error statuses that a
// restarting server has.
//
// Only URL is required. The fields must not change after Events has been called.
// A Client is then safe for concurrent use.
type Client struct {
	// URL is the address of the stream.
	URL string
	// Method is the method of the requests. Empty means GET, or POST if there is a
	// Body.
	Method string
	// Header is sent with each request. Its Accept and Cache-Control replace the
	// Client's own.
	Header http.Header
	// Body is sent with each request. Nil means no body.
	Body []byte
	// Prepare is called with each request before it is sent, for example to
	// refresh a token. Its error ends the events. Nil means that requests are sent
	// as they are.
	Prepare func(*http.Request) error
	// HTTP sends the requests. Nil means http.DefaultClient. A Timeout in it cuts
	// each connection after that time.
	HTTP *http.Client

	// LastEventID is the ID after which the events continue. Empty means none.
	LastEventID string
	// RepeatPOST allows the Client to repeat a request with a method other than
	// GET. The server may then carry it out twice. False means that such a request
	// is sent once: the events end with its response, and its error is final.
	RepeatPOST bool
	// Wait is the time before the first reconnection, unless the server has set
	// another by retry. Zero means one second. Each further attempt without an
	// event doubles the time, up to MaxWait. Up to half of it is added at random,
	// so that clients do not reconnect all at once. The time is always at least
	// 100 ms. While connections end within a second, this minimum grows to 1 s.
	Wait time.Duration
	// MaxWait limits the doubling of Wait. It does not limit what the server asks
	// for by retry or Retry-After. Zero means one minute.
	MaxWait time.Duration
	// Idle limits the wait for the next byte from the server, including its
	// headers and heartbeats. The connection then ends with ErrIdle. Zero means no
	// limit. Set Idle to a multiple of the server's heartbeat.
	Idle time.Duration
	// MaxEventSize limits one event, in bytes. A larger event ends the events.
	// Zero means DefaultMaxEventSize; negative means no limit.
	MaxEventSize int

	// OnError receives the reason for which a connection has ended, and the wait
	// before the next one. The reason is io.EOF if the server has ended the
	// connection properly, a *ResponseError, ErrIdle or an error of the network.
	// Nil means that the Logger receives all errors but io.EOF.
	OnError func(err error, wait time.Duration)
	// Logger receives the ends of connections, unless OnError is set. Nil means
	// slog.Default at the time of the line.
	Logger *slog.Logger
}

// ErrIdle means that no byte has arrived for the Idle time of a Client or an
// llm.Relay.
var ErrIdle = upstream.ErrIdle

// Events connects when the loop begins, and reconnects whenever the connection
// ends. It sends the last ID that it has received as Last-Event-ID. The events
// end
//   - without an error when the server answers 204, which tells clients to stop;
//   - with a *ResponseError for any other response that is not 200 with the type
//     text/event-stream. After the statuses 408, 425, 429 and 5xx, the Client
//     reconnects instead, and waits at least as long as Retry-After says;
//   - with an error that matches the cause of ctx when ctx ends;
//   - with the error of Prepare, an error that matches ErrEventTooLarge, or an
//     error for a request that cannot be made;
//   - with the response to a request that must not be repeated: see RepeatPOST.
//
// The ID of an event is the last ID that was set, on this connection or an
// earlier one. The connection is closed when the loop is left.
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

// report passes the reason for the end of a connection to OnError or to the
// Logger.
func (c *Client) report(err error, wait time.Duration) {
	switch {
	case c.OnError != nil:
		c.OnError(err, wait)
	case err != io.EOF:
		cmp.Or(c.Logger, slog.Default()).Warn("sse: connection lost", slog.Any("error", err), slog.Duration("wait", wait))
	}
}
