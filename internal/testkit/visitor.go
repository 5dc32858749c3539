package testkit

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
)

// A Visitor is the ResponseWriter of examples. It prints what it receives, one
// line for each flush.
type Visitor struct {
	Status int

	header http.Header
	mask   func(string) string
	chunk  strings.Builder
	once   sync.Once
	shown  chan struct{} // closed by the first flush
	seen   chan struct{} // one for each flush
}

type visitorKey struct{}

// Visit prints the answer of h to a request with the header fields given as names
// and values. The function mask replaces what differs from run to run.
func Visit(h http.Handler, mask func(string) string, header ...string) *Visitor {
	v := &Visitor{
		Status: http.StatusOK, header: make(http.Header), mask: mask,
		shown: make(chan struct{}), seen: make(chan struct{}, 100),
	}
	r := httptest.NewRequest("GET", "/", nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	h.ServeHTTP(v, r.WithContext(context.WithValue(r.Context(), visitorKey{}, v)))
	v.Flush()
	return v
}

// Header is the header of the answer.
func (v *Visitor) Header() http.Header { return v.header }

// WriteHeader notes the status.
func (v *Visitor) WriteHeader(status int) { v.Status = status }

// Write stores p until the next flush.
func (v *Visitor) Write(p []byte) (int, error) { return v.chunk.Write(p) }

// Flush prints what was written, if anything was.
func (v *Visitor) Flush() {
	if v.chunk.Len() > 0 {
		fmt.Println(v.mask(v.chunk.String()))
		v.chunk.Reset()
	}
	v.once.Do(func() { close(v.shown) })
	select {
	case v.seen <- struct{}{}:
	default:
	}
}

// Database stands for a slow query. It returns when the visitor has received the
// shell, so that the examples need no clock.
func Database[T any](ctx context.Context, answer T) (T, error) {
	select {
	case <-ctx.Value(visitorKey{}).(*Visitor).shown:
		return answer, nil
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// Thinking stands for the time between two pieces of a sequence. It returns when
// the visitor has received the piece before.
func Thinking(ctx context.Context) error {
	select {
	case <-ctx.Value(visitorKey{}).(*Visitor).seen:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

var digest = regexp.MustCompile(`\b[A-Z2-7]{8}\b`)

// MaskDigests replaces each digest by DIGEST.
func MaskDigests(s string) string { return digest.ReplaceAllString(s, "DIGEST") }
