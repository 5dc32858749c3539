package llm

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A Relay passes the streamed answer of a language model on to a browser, which
// then needs no key for the server of the model. It relays chat completions, the
// older completions, the Responses API and the Messages API. Only Request is
// required. The fields must not change after the first request. ServeHTTP may be
// called concurrently.
//
// The browser receives each event of the answer as one line of data, preceded by
// the name of the event where the API has one, and the end that the API has: [DONE],
// response.completed or response.incomplete, or message_stop. It receives nothing
// else, no comments either, so that pages that split the text at line ends can
// read it. When the browser leaves, the request to the server is cancelled at
// once.
//
// The server's headers and the texts of its errors never reach the browser, since
// they may quote keys. Nor do the instructions, the tools and the metadata that the
// Responses API repeats from the request. The Logger receives an error with a
// digest, and the browser receives the digest. An error before the first event is
// answered with a status, a later one is sent as an event. Both hold an object that
// the clients of these APIs read:
// {"type":"error","error":{"message":...,"type":...,"param":null,"code":...}}.
//
// The status keeps the kind of the error:
//   - 400, 413 and 422 of the server are errors of the question. The code is
//     invalid_request, context_length_exceeded or content_filter.
//   - 429 stays 429, with the code rate_limit_exceeded and the Retry-After of the
//     server.
//   - A server that is overloaded or away is a 503, with its Retry-After.
//   - A server that is silent is a 504.
//   - All else is a 502. If the same request would fail again, because of a wrong
//     key or model, an account without credit, or an answer that is no stream, the
//     header X-Should-Retry is "false". The npm packages openai and
//     @anthropic-ai/sdk would otherwise send the request three times.
//
// The code of the last three is upstream_error, or upstream_truncated for an answer
// that ends early. Such an answer has no end event.
//
// Each request costs money. Put a Relay behind handlers that limit which clients
// may use it, such as http.CrossOriginProtection, or sse.CORS to serve pages of
// other origins.
type Relay struct {
	// Request makes the request to the server from the browser's request r, whose
	// body has already been read from the network. The new request must be made
	// with ctx. Only what Request copies is passed on. A Cookie header is always
	// removed, and Accept-Encoding is set so that the server does not compress. A
	// *RefusedError is sent to the browser. Any other error is answered with the
	// status 500.
	Request func(ctx context.Context, r *http.Request) (*http.Request, error)
	// Error chooses what the browser receives for an error, which Relay has logged.
	// err matches *APIError if the server has sent the error, and ErrTruncated if
	// the answer has ended early. If the answer has begun, the status can no longer
	// be changed. Nil, and a nil result, mean what is described above.
	Error func(r *http.Request, err error) *RefusedError
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
