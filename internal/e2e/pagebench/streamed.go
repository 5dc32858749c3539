package pagebench

import (
	"context"
	"net/http"
	"sync"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// InPlace is Rivulet. Loads without a delay are mostly ready when the shell leaves,
// so that their content stands in place.
var InPlace = Program{"in place", func(p Page) http.Handler {
	return stream.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return document(p.Boundaries, awaited), nil
	})
}}

func awaited(b *Boundary) templ.Component {
	return suspense.Await(fallback(b), func(context.Context) (*Boundary, error) {
		return b.load(), nil
	}, awaitedView)
}

func awaitedView(b *Boundary) templ.Component { return content(b, awaited) }

// Suspended is Rivulet where loads without a delay end after the shell has left, so
// that each boundary of the page is sent as a chunk.
var Suspended = Program{"suspended", func(p Page) http.Handler {
	h := stream.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return document(p.Boundaries, suspended), nil
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := &shellWriter{ResponseWriter: w, left: make(chan struct{})}
		h.ServeHTTP(s, r.WithContext(context.WithValue(r.Context(), shellKey{}, s)))
	})
}}

func suspended(b *Boundary) templ.Component {
	return suspense.Await(fallback(b), func(ctx context.Context) (*Boundary, error) {
		if b.Delay == 0 {
			<-ctx.Value(shellKey{}).(*shellWriter).left
		}
		return b.load(), nil
	}, suspendedView)
}

func suspendedView(b *Boundary) templ.Component { return content(b, suspended) }

type shellKey struct{}

// A shellWriter is a ResponseWriter that tells when the shell has left.
type shellWriter struct {
	http.ResponseWriter
	left chan struct{} // closed by the first flush
	once sync.Once
}

func (s *shellWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }

func (s *shellWriter) FlushError() error {
	err := http.NewResponseController(s.ResponseWriter).Flush()
	s.once.Do(func() { close(s.left) })
	return err
}
