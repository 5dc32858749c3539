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

// A failure is the part of an error that the browser receives.
type failure struct {
	status  int
	Message string  `json:"message"`
	Type    string  `json:"type"`
	Param   *string `json:"param"`
	Code    string  `json:"code"`
}

// fail sends the browser a failure for err, and logs the error itself.
func (a *answer) fail(err error) {
	// A client that seems to have left may have closed only its side of the
	// connection. It would read an empty 200 if the handler returned, so the
	// response is cut. It is also cut after a failed write, and when a deadline of
	// some middleware has passed. Over HTTP/1.1 a late body ends the context, too.
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
		_ = a.stream.Send(sse.Event{Data: string(body)}) // an error means that the browser has left
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
	upstream := failure{http.StatusBadGateway, "no answer from the server", "server_error", nil, "upstream_error"}
	switch {
	case errors.As(err, &refused):
		return failure{refused.StatusCode, refused.Message, "invalid_request_error", nil, "refused"}
	case errors.As(err, &own), errors.Is(err, http.ErrNotSupported):
		return failure{http.StatusInternalServerError, "the request could not be made", "server_error", nil, "internal_error"}
	case errors.Is(err, ErrTruncated):
		upstream.Message, upstream.Code = "the answer was cut off", "upstream_truncated"
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

// A requestError is an error of Relay.Request.
type requestError struct{ err error }

func (e *requestError) Error() string { return fmt.Sprintf("llm: request: %v", e.err) }
func (e *requestError) Unwrap() error { return e.err }

// withBody adds to err, for the log, the error object in the body of a response
// that is not a stream. It ignores any other body, which may be an answer.
func withBody(err error, r io.Reader) error {
	const enough = 64 << 10
	body, _ := io.ReadAll(io.LimitReader(r, enough))
	var c chunk
	if json.Unmarshal(body, &c) != nil || !isThere(c.Error) {
		return err
	}
	return fmt.Errorf("%w: %w", err, newAPIError(c.Error))
}
