package suspense

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// Await shows fallback while load runs in a goroutine of its own, and then the
// component that view makes of the result.
//
// The context of load ends when the client leaves, when the time of the boundary
// has passed (see [Timeout]), or when the boundary around it has failed. If load
// or view returns an error or panics, the boundary shows its error view (see
// [ErrorView]). A nil fallback is empty. Await panics if load or view is nil.
func Await[T any](fallback templ.Component, load func(context.Context) (T, error), view func(T) templ.Component, opts ...Option) templ.Component {
	if load == nil {
		panic("suspense: Await with a nil load")
	}
	if view == nil {
		panic("suspense: Await with a nil view")
	}
	if len(opts) > 0 {
		return apply(opts, boundary(fallback, load, view))
	}
	return &awaiting[T]{fallback, load, view}
}

// An awaiting is an Await without options. It takes a third of the memory of a
// stream.Boundary, and its load becomes that of a boundary only when it is rendered.
type awaiting[T any] struct {
	fallback templ.Component
	load     func(context.Context) (T, error)
	view     func(T) templ.Component
}

func (a *awaiting[T]) Render(ctx context.Context, w io.Writer) error {
	return boundary(a.fallback, a.load, a.view).Render(ctx, w)
}

// boundary returns a boundary with the view of what load returns.
func boundary[T any](fallback templ.Component, load func(context.Context) (T, error), view func(T) templ.Component) stream.Boundary {
	return stream.Boundary{Fallback: fallback, Load: func(ctx context.Context) (templ.Component, error) {
		v, err := load(ctx)
		if err != nil {
			return nil, err
		}
		return view(v), nil
	}}
}
