package suspense

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// Suspense shows fallback until its children have been rendered. The children
// are rendered in a goroutine of their own, so they may do slow work in their templ
// bodies.
//
// templ's Once, CSS classes and scripts are emitted once for each Suspense, not
// once for the page. The children must not write to a variable of the surrounding
// template. [Await] has neither limit.
func Suspense(fallback templ.Component, opts ...Option) templ.Component {
	return &suspended{fallback, opts}
}

type suspended struct {
	fallback templ.Component
	opts     []Option
}

func (s *suspended) Render(ctx context.Context, w io.Writer) error {
	b := with(s.opts, stream.Boundary{Fallback: s.fallback, Load: stream.Prerender(templ.GetChildren(ctx))})
	return b.Render(ctx, w)
}
