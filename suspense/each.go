package suspense

import (
	"context"
	"io"
	"iter"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// Each shows fallback until the sequence that each returns has its first value,
// and then, one after the other, what view makes of each value, as it comes. The
// sequence runs in a goroutine of its own. An empty one leaves nothing.
//
// The context of the sequence is that of a load (see [Await]), and its time
// (see [Timeout]) is that to its end. A sequence that yields an error, panics or
// runs out of time ends there: what has come stays and the error view (see
// [ErrorView]) is added to it. So does one of which a view fails. What a sequence
// yields together with an error is not shown. When its context has ended, the
// sequence must end, with an error or without; its yield returns false.
//
// Each is for what comes bit by bit over time. What comes at once is better
// shown by one view: a view of its own costs each value more than its place in a
// list does. Each panics if each or view is nil.
func Each[T any](fallback templ.Component, each func(context.Context) iter.Seq2[T, error], view func(T) templ.Component, opts ...Option) templ.Component {
	if each == nil {
		panic("suspense: Each with a nil sequence")
	}
	if view == nil {
		panic("suspense: Each with a nil view")
	}
	return &pieces{fallback, func(ctx context.Context) iter.Seq2[templ.Component, error] {
		return views(each(ctx), view)
	}, opts}
}

// views returns a sequence of what view makes of the values of values.
func views[T any](values iter.Seq2[T, error], view func(T) templ.Component) iter.Seq2[templ.Component, error] {
	return func(yield func(templ.Component, error) bool) {
		for v, err := range values {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(view(v), nil) {
				return
			}
		}
	}
}

// pieces is a component whose content comes bit by bit.
type pieces struct {
	fallback templ.Component
	sequence func(context.Context) iter.Seq2[templ.Component, error]
	opts     []Option
}

func (p *pieces) Render(ctx context.Context, w io.Writer) error {
	return place(ctx, w, stream.Boundary{Fallback: p.fallback, Pieces: p.sequence}, p.opts)
}
