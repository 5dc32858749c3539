package suspense

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// Await shows fallback, calls load in a goroutine of its own and then shows
// what view makes of its result.
//
// The context of load ends when the client leaves, when its time has passed
// (see [Timeout]) or when the boundary around it has failed. An error or a
// panic of load or view shows the boundary's error view (see [ErrorView]). A nil
// fallback is an empty one; Await panics if load or view is nil.
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

// loaded is the load of the boundary. The view is made here, in the load's
// goroutine, and rendered later in that of the response.
func (a *await[T]) loaded(ctx context.Context) (templ.Component, error) {
	v, err := a.load(ctx)
	if err != nil {
		return nil, err
	}
	return a.view(v), nil
}
