package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
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
	stream *sse.Stream  // nil until the headers have been sent
	open   map[int]bool // the choices so far, by index; false if finished
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
	if !upstream.IsStream(resp) {
		err := &sse.ResponseError{StatusCode: resp.StatusCode, ContentType: resp.Header.Get("Content-Type"), Header: resp.Header}
		defer time.AfterFunc(errorTime, func() { cancel(err) }).Stop()
		return withBody(err, idle)
	}
	if a.Heartbeat > 0 {
		if err := a.begin(); err != nil {
			return err
		}
	}
	return upstream.Reason(ctx, a.copy(idle))
}

var errLateBody = &RefusedError{http.StatusRequestTimeout, "the request body did not arrive in time"}

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
		return nil, &RefusedError{http.StatusRequestEntityTooLarge, "the request body is too large"}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, errLateBody
	default:
		return nil, &RefusedError{http.StatusBadRequest, "the request body could not be read"}
	}
	from := a.r.WithContext(a.ctx)
	from.Body = io.NopCloser(bytes.NewReader(body))
	req, err := a.Request(a.ctx, from)
	if err != nil {
		return nil, &requestError{err}
	}
	req.Header = req.Header.Clone() // the header may belong to the browser's request
	req.Header.Del("Cookie")
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

// copy sends the chunks of r, and the end of the answer.
func (a *answer) copy(r io.Reader) error {
	rd := sse.NewReader(r)
	rd.MaxEventSize = a.MaxEventSize
	for {
		e, err := rd.Next()
		if err != nil {
			if err = truncation(err, a.finished()); err != nil {
				return err
			}
			e.Data = done
		}
		if blank(e) {
			continue
		}
		data, err := a.line(e)
		if err != nil {
			return err
		}
		if data == "" {
			continue
		}
		if err := a.begin(); err != nil {
			return err
		}
		if err := a.stream.Send(sse.Event{Data: data}); err != nil || data == done {
			return err
		}
	}
}

// line returns a chunk, or the end of the answer, as one line. It returns "" for
// any other event, which may be an error in an unknown form.
func (a *answer) line(e sse.Event) (string, error) {
	if e.Data == done {
		return done, nil
	}
	c, err := readChunk(e)
	if err != nil {
		return "", err
	}
	if c.Choices == nil && !isThere(c.Usage) {
		return "", nil
	}
	for _, choice := range c.Choices {
		if _, met := a.open[choice.Index]; !met || choice.FinishReason != "" {
			if a.open == nil {
				a.open = make(map[int]bool)
			}
			a.open[choice.Index] = choice.FinishReason == ""
		}
	}
	if !strings.Contains(e.Data, "\n") {
		return e.Data, nil
	}
	var line bytes.Buffer
	err = json.Compact(&line, []byte(e.Data))
	return line.String(), err
}

// finished reports whether every choice so far has ended with a reason.
func (a *answer) finished() bool {
	for _, open := range a.open {
		if open {
			return false
		}
	}
	return len(a.open) > 0
}

func (a *answer) close() {
	a.cancel(nil)
	if a.stream != nil {
		a.stream.Close()
	}
}
