package llm

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/rivulet-go/rivulet/internal/cut"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// A failure is the part of an error that the browser receives.
type failure struct {
	status     int
	Message    string  `json:"message"`
	Type       string  `json:"type"`
	Param      *string `json:"param"`
	Code       string  `json:"code"`
	retryAfter time.Duration
	final      bool // the same request fails again
}

// body returns the error object in a form that the clients of all dialects read.
func (f failure) body() string {
	body, _ := json.Marshal(struct {
		Type  string  `json:"type"`
		Error failure `json:"error"`
	}{"error", f})
	return string(body)
}

// fail logs err and sends the browser a failure for it.
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
		f = a.log(err, f)
	}
	switch {
	case a.stream == nil:
		f.writeTo(a.w)
	case a.form == nil:
		_ = a.stream.Send(namedFailure(f)) // an error means that the browser has left
	default:
		_ = a.stream.Send(a.form.fail(f))
	}
}

// log logs err with a digest. It returns f with the digest, or what the program sends
// in its place.
func (a *answer) log(err error, f failure) failure {
	digest := rand.Text()[:8]
	f.Message += " (" + digest + ")"
	cmp.Or(a.Logger, slog.Default()).ErrorContext(a.r.Context(), "llm: relay failed",
		slog.String("path", a.r.URL.Path), slog.String("digest", digest), slog.Any("error", err))
	if a.Error != nil {
		if own := a.Error(a.r, err); own != nil {
			return f.instead(own)
		}
	}
	return f
}

// writeTo answers a request with f, before the first event.
func (f failure) writeTo(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if f.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(f.retryAfter.Seconds()))))
	}
	if f.final {
		h.Set("X-Should-Retry", "false")
	}
	w.WriteHeader(f.status)
	_, _ = w.Write([]byte(f.body()))
}

// instead returns what the program sends in place of f.
func (f failure) instead(own *RefusedError) failure {
	f.status, f.Message, f.Code = own.StatusCode, own.Message, cmp.Or(own.Code, "refused")
	f.retryAfter = own.RetryAfter
	f.final = f.final && own.RetryAfter == 0
	return f
}

const (
	typeRequest = "invalid_request_error"
	typeServer  = "server_error"
)

func failureOf(err error) failure {
	var refused *RefusedError
	var own *requestError
	var form *formError
	var api *APIError
	upstream := failure{status: http.StatusBadGateway, Message: "no answer from the server", Type: typeServer, Code: "upstream_error"}
	switch {
	case errors.As(err, &refused):
		return failure{Type: typeRequest}.instead(refused)
	case errors.As(err, &own), errors.Is(err, http.ErrNotSupported):
		return failure{status: http.StatusInternalServerError, Message: "the request could not be made", Type: typeServer, Code: "internal_error"}
	case errors.As(err, &api):
		return upstream.from(api)
	case errors.As(err, &form), errors.Is(err, sse.ErrEventTooLarge):
		upstream.final = true
	case errors.Is(err, ErrTruncated):
		upstream.Message, upstream.Code = "the answer was cut off", "upstream_truncated"
	case errors.Is(err, sse.ErrIdle), errors.Is(err, context.DeadlineExceeded):
		upstream.status = http.StatusGatewayTimeout
	}
	return upstream
}

// from keeps the kind of an error of the server. An error of the question is one
// of the browser's request. An error of the server's configuration, such as a
// wrong key, is none, but the client must not repeat the request either.
func (f failure) from(e *APIError) failure {
	f.retryAfter = e.RetryAfter
	f.final = e.final
	switch {
	case quota[e.Code], quota[e.Type]:
		f.final = true
	case e.StatusCode == http.StatusBadRequest, e.StatusCode == http.StatusRequestEntityTooLarge, e.StatusCode == http.StatusUnprocessableEntity:
		f.status, f.Type, f.final = e.StatusCode, typeRequest, true
		f.Code, f.Message = "invalid_request", "the server does not accept the question"
		switch {
		case e.tooLong():
			f.Code, f.Message = "context_length_exceeded", "the question is too long for the model"
		case e.Code == "content_filter", e.Code == "content_policy_violation":
			f.Code, f.Message = "content_filter", "a filter does not accept the question"
		}
	case e.StatusCode == http.StatusTooManyRequests:
		f.status, f.Type = e.StatusCode, "rate_limit_error"
		f.Code, f.Message = "rate_limit_exceeded", "too many questions at once"
	case e.StatusCode == http.StatusRequestTimeout, e.StatusCode == http.StatusGatewayTimeout:
		f.status = http.StatusGatewayTimeout
	case busy[e.StatusCode]:
		f.status = http.StatusServiceUnavailable
	case e.StatusCode > 0 && e.StatusCode < 500:
		f.final = true
	}
	if f.final {
		f.retryAfter = 0
	}
	return f
}

// quota are the errors of an account that must be paid first.
var quota = map[string]bool{"insufficient_quota": true, "billing_hard_limit_reached": true, "billing_error": true}

// busy are the statuses of servers that have too much to do, or that reload a
// model: Groq sends 498, Anthropic 529.
var busy = map[int]bool{http.StatusConflict: true, http.StatusTooEarly: true, 498: true, http.StatusServiceUnavailable: true, 529: true}

// A requestError is an error of Relay.Request.
type requestError struct{ err error }

func (e *requestError) Error() string { return fmt.Sprintf("llm: request: %v", e.err) }
func (e *requestError) Unwrap() error { return e.err }
