// Package upstream reads the streams of other servers, for sse.Client and
// llm.Relay.
package upstream

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// ErrIdle is sse.ErrIdle.
var ErrIdle = errors.New("sse: idle connection")

// IsStream reports whether a response is an event stream.
func IsStream(resp *http.Response) bool {
	essence, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	return resp.StatusCode == http.StatusOK && strings.EqualFold(strings.TrimSpace(essence), "text/event-stream")
}

// Reason returns why a connection with the context ctx has ended with err. The
// cause of ctx replaces err if it says more. Reason removes the URL, which may
// hold a key.
func Reason(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if why := context.Cause(ctx); why == ErrIdle || why == context.DeadlineExceeded {
		return why
	}
	var of *url.Error
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}
