package sse

import (
	"fmt"
	"net/http"

	"github.com/rivulet-go/rivulet/stream/sse/internal/upstream"
)

// A ResponseError is a response that is not an event stream.
type ResponseError struct {
	StatusCode  int
	ContentType string
	Header      http.Header // header of the response
}

// Error returns the status, or the content type if the status is 200.
func (e *ResponseError) Error() string {
	if e.StatusCode == http.StatusOK {
		return fmt.Sprintf("sse: content type %q", e.ContentType)
	}
	return fmt.Sprintf("sse: status %d %s", e.StatusCode, http.StatusText(e.StatusCode))
}

// transient reports whether the same request may succeed later.
func (e *ResponseError) transient() bool {
	switch e.StatusCode {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return e.StatusCode >= 500
}

// checkResponse returns a *ResponseError unless resp is an event stream.
func checkResponse(resp *http.Response) error {
	if upstream.IsStream(resp) {
		return nil
	}
	return &ResponseError{StatusCode: resp.StatusCode, ContentType: resp.Header.Get("Content-Type"), Header: resp.Header}
}
