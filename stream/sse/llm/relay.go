package llm

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A Relay passes the streamed answer of an OpenAI-compatible server on to a
// browser, which then needs no key for that server. Only Request is required. The
// fields must not change after the first request. ServeHTTP may be called
// concurrently.
//
// The browser receives each chunk that has choices or usage as one line of data,
// and [DONE] at the end. It receives nothing else, no comments either, so that
// pages that split the text at line ends can read it. When the browser leaves,
// the request to the server is cancelled at once.
//
// The server's headers and the texts of its errors never reach the browser, since
// they may quote keys. The Logger receives an error with a digest, and the
// browser receives the digest. An error before the first chunk is answered with a
// status: 502, unless a more specific one is known. A later error is sent as an
// event. Both hold an object in the form of such servers:
// {"error":{"message":...,"type":...,"param":null,"code":...}}. The code is
// upstream_error, or upstream_truncated for an answer that ends early. Such an
// answer has no [DONE].
//
// Each request costs money. Put a Relay behind handlers that limit which clients
// may use it, such as http.CrossOriginProtection.
type Relay struct {
	// Request makes the request to the server from the browser's request r, whose
	// body has already been read from the network. The new request must be made
	// with ctx. Only what Request copies is passed on, and a Cookie header is
	// always removed. A *RefusedError is sent to the browser. Any other error is
	// answered with the status 500.
	Request func(ctx context.Context, r *http.Request) (*http.Request, error)
	// HTTP sends the requests. Nil means http.DefaultClient. Redirects are not
	// followed.
	HTTP *http.Client
	// MaxBody limits the body of the browser's request, in bytes. Zero means
	// 1 MiB.
	MaxBody int64
	// MaxEventSize limits one event of the server, in bytes. Zero means
	// sse.DefaultMaxEventSize.
	MaxEventSize int
	// Idle limits the wait for the next byte of the server. After that time, the
	// request to the server is cancelled. Zero means no limit.
	Idle time.Duration
	// Heartbeat is the time without a chunk after which a comment is sent to the
	// browser. Zero means no heartbeats, unlike in sse.Options, since pages that
	// read without a parser fail at comments. With heartbeats, the headers are
	// sent when the server has sent its own. Without, they are sent with the first
	// chunk, so that an earlier error has a status.
	Heartbeat time.Duration
	// WriteTimeout limits each write to the browser, as in sse.Options. Unless the
	// server has a ReadTimeout, it also limits the wait for each 64 KiB of the
	// body of the browser's request. A body that does not arrive in time is
	// answered with the status 408. Zero means the WriteTimeout of the
	// http.Server, or 30 s if that has none; negative means no limit.
	WriteTimeout time.Duration
	// Logger receives the errors, each with the digest that the browser has
	// received. Nil means slog.Default at the time of the line.
	Logger *slog.Logger
}

// A RefusedError refuses a request. Relay.Request returns it, and the browser
// receives its status and message.
type RefusedError struct {
	StatusCode int    // status of the response
	Message    string // text for the user
}

// Error returns the status and the message.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("llm: refused with status %d: %s", e.StatusCode, e.Message)
}

// ServeHTTP relays one answer. A HEAD request is answered without a request to
// the server. ServeHTTP panics if Request is nil.
func (rl *Relay) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if rl.Request == nil {
		panic("llm: Relay without a Request function")
	}
	if r.Method == http.MethodHead {
		_, _ = rl.options().Open(w, r) // which closes it
		return
	}
	a := answer{Relay: rl, w: w, r: r}
	a.ctx, a.cancel = context.WithCancelCause(r.Context())
	defer a.close()
	if err := a.relay(); err != nil {
		a.fail(err)
	}
}

// client returns a client that does not follow redirects, since a prompt is only
// for the server that Request has named.
func (rl *Relay) client() *http.Client {
	c := *http.DefaultClient
	if rl.HTTP != nil {
		c = *rl.HTTP
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

func (rl *Relay) options() sse.Options {
	o := sse.Options{Heartbeat: rl.Heartbeat, WriteTimeout: rl.WriteTimeout, Logger: rl.Logger}
	if o.Heartbeat <= 0 {
		o.Heartbeat = -1
	}
	return o
}
