package stream_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
)

// A visitor is what the examples show a page to. It prints what it receives,
// one line for each flush, with … for the script and DIGEST for each digest.
type visitor struct {
	header http.Header
	status int
	chunk  strings.Builder
	shown  chan struct{}
	once   sync.Once
	seen   chan struct{} // one for each flush
}

type visitorKey struct{}

// visit prints what h answers to a request with the header fields given as
// names and values.
func visit(h http.Handler, header ...string) *visitor {
	v := &visitor{header: make(http.Header), status: http.StatusOK, shown: make(chan struct{}), seen: make(chan struct{}, 100)}
	r := httptest.NewRequest("GET", "/", nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	h.ServeHTTP(v, r.WithContext(context.WithValue(r.Context(), visitorKey{}, v)))
	v.Flush()
	return v
}

func (v *visitor) Header() http.Header         { return v.header }
func (v *visitor) WriteHeader(status int)      { v.status = status }
func (v *visitor) Write(p []byte) (int, error) { return v.chunk.Write(p) }

func (v *visitor) Flush() {
	if v.chunk.Len() > 0 {
		fmt.Println(mask(v.chunk.String()))
		v.chunk.Reset()
	}
	v.once.Do(func() { close(v.shown) })
	select {
	case v.seen <- struct{}{}:
	default:
	}
}

// database stands for what an application asks. It answers when the visitor
// sees the shell, so that the examples need no clock.
func database[T any](ctx context.Context, answer T) (T, error) {
	select {
	case <-ctx.Value(visitorKey{}).(*visitor).shown:
		return answer, nil
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// thinking stands for the time that a sequence takes between two of its pieces:
// until the visitor has seen what came before.
func thinking(ctx context.Context) error {
	select {
	case <-ctx.Value(visitorKey{}).(*visitor).seen:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
