package stream

import (
	"context"
	"io"
	"time"

	"github.com/a-h/templ"
)

// A Boundary is a region of the page whose content may come later. It is what
// the components of package suspense are made of, and what another vocabulary
// of components could be made of.
type Boundary struct {
	// Name is for logs and traces; it is never sent to the browser.
	Name string
	// Fallback stands in the boundary until its content comes. Nil means
	// nothing does.
	Fallback templ.Component
	// Timeout counts from the moment the boundary is met, time in the queue
	// of a Limit included. Zero means the Renderer's Timeout applies.
	Timeout time.Duration
	// OnError makes what a failed boundary shows. Nil means the Renderer's
	// ErrorView does.
	OnError func(*BoundaryError) templ.Component
	// Load does the slow work and returns the view. It runs in its own
	// goroutine, together with the other loads of the page. The view is
	// rendered by the goroutine of the response.
	Load func(context.Context) (templ.Component, error)
}

func Place(ctx context.Context, w io.Writer, b Boundary) error {
	v, err := b.Load(ctx)
	if err != nil {
		return err
	}
	return v.Render(ctx, w)
}

func Rendered(content templ.Component) func(context.Context) (templ.Component, error) {
	return func(context.Context) (templ.Component, error) { return content, nil }
}

// Go runs f in a goroutine of ctx's response, outside the Limit, and returns
// a function that waits for it.
func Go(ctx context.Context, f func(context.Context) error) (wait func(context.Context) error) {
	err := f(ctx)
	return func(context.Context) error { return err }
}
