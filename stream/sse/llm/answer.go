package llm

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
	"github.com/rivulet-go/rivulet/stream/sse/internal/upstream"
)

// An answer is the state of one request to a Relay.
type answer struct {
	*Relay
	w      http.ResponseWriter
	r      *http.Request
	ctx    context.Context // ends the request to the server
	cancel context.CancelCauseFunc
	stream *sse.Stream // nil until the headers have been sent
	form   relayed     // nil until the first event of the server
}

const (
	defaultMaxBody = 1 << 20
	// errorTime limits the time to read the body of an error response. The browser
	// waits meanwhile, and is not sent that body.
	errorTime = time.Second
)

// relay returns nil when the browser has received the whole answer.
func (a *answer) relay() error {
	req, err := a.request()
	if err != nil {
		return err
	}
	// The request ends with the browser's, even if it was made with another context.
	ctx, cancel := context.WithCancelCause(req.Context())
	defer cancel(nil)
	defer context.AfterFunc(a.ctx, func() { cancel(context.Cause(a.ctx)) })()
	idle := upstream.NewIdle(a.Idle, func() { cancel(sse.ErrIdle) })
	defer idle.Stop()

	resp, err := a.client().Do(req.WithContext(ctx))
	if err != nil {
		return upstream.Reason(ctx, err)
	}
	defer resp.Body.Close()
	idle.R = resp.Body
	if resp.StatusCode != http.StatusOK {
		defer time.AfterFunc(errorTime, func() { cancel(nil) }).Stop()
		return responseError(resp, idle)
	}
	body, err := decoded(resp, idle)
	if err != nil {
		return upstream.Reason(ctx, err)
	}
	if a.Heartbeat > 0 {
		if err := a.begin(); err != nil {
			return err
		}
	}
	return upstream.Reason(ctx, a.copy(body))
}

// decoded returns the body of a response, uncompressed. The request does not allow
// compression, but some servers compress anyway.
func decoded(resp *http.Response, r io.Reader) (io.Reader, error) {
	essence, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	if !mayStream[strings.ToLower(strings.TrimSpace(essence))] {
		return nil, &formError{fmt.Sprintf("content type %q instead of a stream", essence), nil}
	}
	switch encoding := strings.ToLower(resp.Header.Get("Content-Encoding")); encoding {
	case "", "identity":
		return r, nil
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(r)
		if errors.Is(err, gzip.ErrHeader) {
			err = &formError{"body that is not compressed as its header says", err}
		}
		return z, err
	default:
		return nil, &formError{fmt.Sprintf("content encoding %q, which was not asked for", encoding), nil}
	}
}

// mayStream are the content types with which servers send streams, or answers that
// the first byte tells from streams. Some servers send none.
var mayStream = map[string]bool{
	"": true, "text/event-stream": true, "text/plain": true, "application/json": true, "application/x-ndjson": true, "application/jsonl": true,
}

var errLateBody = &RefusedError{StatusCode: http.StatusRequestTimeout, Message: "the request body did not arrive in time"}

// request makes the request to the server.
func (a *answer) request() (*http.Request, error) {
	limit := a.MaxBody
	if limit <= 0 {
		limit = defaultMaxBody
	}
	// The body is read completely: over HTTP/1.1 the server notices that the browser
	// has left only when there is nothing more to read.
	slow := newSlowBody(a.w, a.r, http.MaxBytesReader(a.w, a.r.Body, limit), a.WriteTimeout)
	body, err := io.ReadAll(slow)
	tooLarge := (*http.MaxBytesError)(nil)
	switch {
	case err == nil:
		slow.came()
	case errors.As(err, &tooLarge):
		return nil, &RefusedError{StatusCode: http.StatusRequestEntityTooLarge, Message: "the request body is too large"}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, errLateBody
	default:
		return nil, &RefusedError{StatusCode: http.StatusBadRequest, Message: "the request body could not be read"}
	}
	from := a.r.WithContext(a.ctx)
	from.Body = io.NopCloser(bytes.NewReader(body))
	req, err := a.Request(a.ctx, from)
	if err != nil {
		return nil, &requestError{err}
	}
	req.Header = req.Header.Clone() // the header may belong to the browser's request
	req.Header.Del("Cookie")
	req.Header.Set("Accept-Encoding", "identity") // compression would hold pieces back
	return req, nil
}

// begin sends the headers unless they have been sent.
func (a *answer) begin() error {
	if a.stream != nil {
		return nil
	}
	s, err := a.options().Open(a.w, a.r)
	switch {
	case errors.Is(err, http.ErrNotSupported):
		return err
	case err != nil:
		panic(http.ErrAbortHandler) // the headers may have left
	}
	a.stream = s
	// A heartbeat may be the first write to fail after the browser has left.
	context.AfterFunc(s.Context(), func() { a.cancel(context.Cause(s.Context())) })
	return nil
}

// copy sends the events of r, and the end of the answer.
func (a *answer) copy(r io.Reader) error {
	rd := newReading(r, a.MaxEventSize)
	for {
		e, kind, err := rd.next()
		if form, ok := rd.dialect.(relayed); ok {
			a.form = form
		} else if rd.dialect != nil && err == nil {
			err = errOllama
		}
		if err != nil {
			return err
		}
		if kind == ended {
			var ok bool
			if e, ok = a.form.end(); !ok {
				return nil
			}
		} else if e, err = a.form.pass(e); err != nil {
			return &formError{"event that cannot be passed on", err}
		}
		if err := a.begin(); err != nil {
			return err
		}
		if err := a.stream.Send(e); err != nil || kind != part {
			return err
		}
	}
}

var errOllama = &formError{"stream of Ollama's own API, which is not relayed; that of /v1/chat/completions is", nil}

func (a *answer) close() {
	a.cancel(nil)
	if a.stream != nil {
		a.stream.Close()
	}
}
