package suspense

import (
	"context"
	"io"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// An Option changes one boundary.
type Option func(*stream.Boundary)

// Timeout gives the boundary d to load, counted from the moment the page meets
// it, instead of the Renderer's Timeout. When it has passed the boundary shows
// its error view, even if its load ignores its context. Zero or less means the
// Renderer's Timeout.
func Timeout(d time.Duration) Option {
	return func(b *stream.Boundary) { b.Timeout = d }
}

// ErrorView is what the boundary shows when it fails. The view is given the
// error with its digest; it should show the digest and not the error. Nil means
// the Renderer's ErrorView. A boundary in a table or list needs one that is a
// row or an item.
func ErrorView(view func(*stream.BoundaryError) templ.Component) Option {
	return func(b *stream.Boundary) { b.ErrorView = view }
}

// Name names the boundary in logs and traces. It is not sent to the browser.
func Name(name string) Option {
	return func(b *stream.Boundary) { b.Name = name }
}

// place puts b, changed by opts, where ctx and w stand.
func place(ctx context.Context, w io.Writer, b stream.Boundary, opts []Option) error {
	if len(opts) > 0 {
		b = with(b, opts)
	}
	return b.Render(ctx, w)
}

// with is apart from place so that a boundary without options is not moved to
// the heap for them.
func with(b stream.Boundary, opts []Option) stream.Boundary {
	for _, opt := range opts {
		opt(&b)
	}
	return b
}
