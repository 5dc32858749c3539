package suspense

import (
	"context"
	"iter"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// Each shows fallback until the sequence that each returns yields its first
// value. It then shows the component that view makes of each value, one after the
// other, as the values arrive. The sequence runs in a goroutine of its own. An
// empty sequence leaves nothing.
//
// The context of the sequence is the context of a load (see [Await]). The timeout
// of the boundary (see [Timeout]) covers the whole sequence. If the sequence
// yields an error, panics or exceeds its time, or if a view fails, the sequence
// ends: the views so far stay, with the error view (see [ErrorView]) behind them.
// A value that is yielded together with an error is not shown. When the context
// has ended, yield returns false, and the sequence must return.
//
// Use Each for values that arrive over time. For values that arrive together, one
// view is cheaper, since each value of an Each costs more than an entry in a
// list. Each panics if each or view is nil.
func Each[T any](fallback templ.Component, each func(context.Context) iter.Seq2[T, error], view func(T) templ.Component, opts ...Option) templ.Component {
	if each == nil {
		panic("suspense: Each with a nil sequence")
	}
	if view == nil {
		panic("suspense: Each with a nil view")
	}
	return with(opts, stream.Boundary{Fallback: fallback, Pieces: func(ctx context.Context) iter.Seq2[templ.Component, error] {
		return views(each(ctx), view)
	}})
}

// views returns the sequence of the views of values.
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
