package sse

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// A Relay hands the streamed answer of an OpenAI-compatible server to a
// browser, which then needs no key of that server. Only Request is needed. The
// fields are constant once it serves.
//
// The browser receives each chunk of the answer, which is what has choices or
// usage, as one line of data, and at last [DONE]: nothing else, no comments
// either, so that pages that cut the text at its line ends by hand can read it.
// When the browser leaves, the request to the server is cancelled at once.
//
// The server's headers and the texts of its errors never reach the browser,
// since they may quote keys; they go to slog with a digest that the browser is
// told. An error before the answer has begun is an answer with a status, 502
// unless a better one is known, and one after it an event, both with an object
// as such servers send it: {"error":{"message":...,"type":...,"param":null,"code":...}}.
// The code is upstream_error, or upstream_truncated for an answer that has
// ended before its end; then there is no [DONE].
//
// Put it behind what limits who may ask, http.CrossOriginProtection included:
// each question costs.
type Relay struct {
	// Request makes the request to the server from that of the browser, whose
	// body has been read from the network already. It belongs to ctx. Nothing
	// of the browser's request is passed on but what Request puts into its
	// own; a Cookie is removed from that, too. An error that is a
	// *RefusedError is told to the browser; any other means 500.
	Request func(ctx context.Context, r *http.Request) (*http.Request, error)
	// HTTP sends the requests. Nil means http.DefaultClient. Redirects are not
	// followed.
	HTTP *http.Client
	// MaxBody is how many bytes the body of the browser's request may have.
	// Zero means 1 MiB.
	MaxBody int64
	// MaxEventSize is that of Reader.
	MaxEventSize int
	// Idle is how long to wait for the server's next byte before its request
	// is given up. Zero means for ever: until the browser leaves.
	Idle time.Duration
	// Heartbeat is that of Options, but zero means none: pages that read
	// without a parser die of comments. With heartbeats the headers are sent
	// as soon as the server has sent its own, else with the first chunk, up to
	// which errors have a status.
	Heartbeat time.Duration
	// WriteTimeout is that of Options. Unless the server has a ReadTimeout, it
	// is also the time for each 64 KiB of the body of the browser's request; one
	// that does not come is answered with the status 408.
	WriteTimeout time.Duration
}

// A RefusedError is what Relay.Request returns for a request that it does not
// make. The browser is told the message.
type RefusedError struct {
	StatusCode int
	Message    string
}

// Error tells the status and the message.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("sse: refused with status %d: %s", e.StatusCode, e.Message)
}

// ServeHTTP relays one answer; a HEAD asks nobody. It panics if there is no
// Request.
func (rl *Relay) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if rl.Request == nil {
		panic("sse: Relay without Request")
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

func (rl *Relay) options() Options {
	o := Options{Heartbeat: rl.Heartbeat, WriteTimeout: rl.WriteTimeout}
	if o.Heartbeat <= 0 {
		o.Heartbeat = -1
	}
	return o
}
