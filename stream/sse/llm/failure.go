package llm

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"github.com/rivulet-go/rivulet/internal/cut"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// A failure is all that a browser is told of what has gone wrong.
type failure struct {
	status  int
	Message string  `json:"message"`
	Type    string  `json:"type"`
	Param   *string `json:"param"`
	Code    string  `json:"code"`
}

// fail tells the browser what it may know of err, and the log the rest.
func (a *answer) fail(err error) {
	// To return is not enough where the browser has left, as it seems: a client
	// that has only closed its side still reads, and would be given an empty 200.
	// Nor is it where writing has failed or the time that some middleware gives a
	// request is over. Over HTTP/1.1 a body that is late ends the context, too.
	left := errors.Is(a.r.Context().Err(), context.Canceled) && !errors.Is(err, errLateBody)
	if left || a.stream != nil && a.stream.Context().Err() != nil {
		a.close()
		cut.Response(a.w, a.r)
		panic(http.ErrAbortHandler)
	}
	f := failureOf(err)
	if refused := (*RefusedError)(nil); !errors.As(err, &refused) {
		digest := rand.Text()[:8]
		f.Message += " (" + digest + ")"
		cmp.Or(a.Logger, slog.Default()).ErrorContext(a.r.Context(), "llm: relay failed",
			slog.String("path", a.r.URL.Path), slog.String("digest", digest), slog.Any("error", err))
	}
	body, _ := json.Marshal(map[string]failure{"error": f})
	if a.stream != nil {
		_ = a.stream.Send(sse.Event{Data: string(body)}) // else the browser has gone
		return
	}
	h := a.w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	a.w.WriteHeader(f.status)
	_, _ = a.w.Write(body)
}

func failureOf(err error) failure {
	var refused *RefusedError
	var own *requestError
	var answered *sse.ResponseError
	upstream := failure{http.StatusBadGateway, "the answer could not be had", "server_error", nil, "upstream_error"}
	switch {
	case errors.As(err, &refused):
		return failure{refused.StatusCode, refused.Message, "invalid_request_error", nil, "refused"}
	case errors.As(err, &own), errors.Is(err, http.ErrNotSupported):
		return failure{http.StatusInternalServerError, "the question could not be asked", "server_error", nil, "internal_error"}
	case errors.Is(err, ErrTruncated):
		upstream.Message, upstream.Code = "the answer has been cut off", "upstream_truncated"
	case errors.Is(err, sse.ErrIdle), errors.Is(err, context.DeadlineExceeded):
		upstream.status = http.StatusGatewayTimeout
	case errors.As(err, &answered):
		switch answered.StatusCode {
		case http.StatusTooManyRequests, http.StatusServiceUnavailable:
			upstream.status = answered.StatusCode
		}
	}
	return upstream
}

// requestError is an error of Relay.Request.
type requestError struct{ err error }

func (e *requestError) Error() string { return fmt.Sprintf("llm: request: %v", e.err) }
func (e *requestError) Unwrap() error { return e.err }

// withBody adds to err, for the log, the error object that a response has
// instead of a stream. Other bodies are nobody's business: they may be answers.
func withBody(err error, r io.Reader) error {
	const enough = 64 << 10
	body, _ := io.ReadAll(io.LimitReader(r, enough))
	var c chunk
	if json.Unmarshal(body, &c) != nil || !isThere(c.Error) {
		return err
	}
	return fmt.Errorf("%w: %w", err, newAPIError(c.Error))
}
