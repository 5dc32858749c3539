package llm

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A Relay hands the streamed answer of an OpenAI-compatible server to a browser,
// which then needs no key of that server. Only Request is required. The fields
// must not change once the Relay serves; its methods may be called concurrently.
//
// The browser receives each chunk that has choices or usage as one line of data,
// and [DONE] at the end. It receives nothing else, no comments either, so pages
// that split the text at line ends can read it. When the browser leaves, the
// request to the server is cancelled at once.
//
// The server's headers and the texts of its errors never reach the browser, since
// they may quote keys. The Logger receives them with a digest, and the browser is
// told the digest. An error before the first chunk is answered with a status, 502
// unless a better one is known. An error after it is sent as an event. Both hold
// an object as such servers send it:
// {"error":{"message":...,"type":...,"param":null,"code":...}}. The code is
// upstream_error, or upstream_truncated for an answer that ends early; such an
// answer has no [DONE].
//
// Put a Relay behind what limits who may ask, http.CrossOriginProtection included:
// each question costs.
type Relay struct {
	// Request makes the request to the server from the browser's request, whose
	// body has already been read from the network. The new request belongs to
	// ctx. Only what Request copies is passed on; a Cookie header is always
	// removed. A *RefusedError is told to the browser; any other error is
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
	// Idle is the time to wait for the server's next byte. Then its request is
	// cancelled. Zero means no limit.
	Idle time.Duration
	// Heartbeat is the silence after which a comment is sent to the browser.
	// Zero means no heartbeats, unlike in sse.Options: pages that read without a
	// parser fail at comments. With heartbeats the headers leave as soon as the
	// server has sent its own. Without, they leave with the first chunk, and an
	// error before it has a status.
	Heartbeat time.Duration
	// WriteTimeout is the time for each write to the browser, as in sse.Options.
	// Unless the server has a ReadTimeout, it is also the time for each 64 KiB
	// of the body of the browser's request. A body that does not come in time is
	// answered with the status 408.
	WriteTimeout time.Duration
	// Logger receives the errors, each with the digest that the browser is told.
	// Nil means slog.Default at the time of the line.
	Logger *slog.Logger
}

// A RefusedError refuses a request. Relay.Request returns it, and the browser
// receives its status and message.
type RefusedError struct {
	StatusCode int    // of the answer
	Message    string // for the user
}

// Error returns the status and the message.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("llm: refused with status %d: %s", e.StatusCode, e.Message)
}

// ServeHTTP relays one answer; a HEAD asks nobody. It panics if there is no
// Request.
func (rl *Relay) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if rl.Request == nil {
		panic("llm: Relay without Request")
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

// client does not follow redirects: a prompt is for the server that Request
// has named.
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
