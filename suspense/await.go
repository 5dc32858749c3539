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
	return &await[T]{fallback, load, view, opts}
}

type await[T any] struct {
	fallback templ.Component
	load     func(context.Context) (T, error)
	view     func(T) templ.Component
	opts     []Option
}

func (a *await[T]) Render(ctx context.Context, w io.Writer) error {
	return place(ctx, w, stream.Boundary{Fallback: a.fallback, Load: a.loaded}, a.opts)
}

// loaded is the load of the boundary. It makes the view in the load's goroutine.
// The goroutine of the response renders the view later.
func (a *await[T]) loaded(ctx context.Context) (templ.Component, error) {
	v, err := a.load(ctx)
	if err != nil {
		return nil, err
	}
	return a.view(v), nil
}
