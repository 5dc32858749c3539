package suspense

import (
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// An Option changes one boundary.
type Option func(*stream.Boundary)

// Timeout limits the time to load, from the moment when the page reaches the
// boundary. After that time the boundary shows its error view, even if the load
// ignores its context. Zero or less means the Renderer's Timeout.
func Timeout(d time.Duration) Option {
	return func(b *stream.Boundary) { b.Timeout = d }
}

// ErrorView sets the view that the boundary shows when it fails. The view
// receives the error with its digest. It should show the digest, and not the
// error. Nil means the Renderer's ErrorView. In a table or a list, the view must
// be a row or an item.
func ErrorView(view func(*stream.BoundaryError) templ.Component) Option {
	return func(b *stream.Boundary) { b.ErrorView = view }
}

// Name names the boundary in logs and traces. It is not sent to the browser.
func Name(name string) Option {
	return func(b *stream.Boundary) { b.Name = name }
}

// Key gives the boundary a name by which it can be requested again, without the rest
// of the page: see the field Key of [stream.Boundary]. The page then has the script
// live, which does that: on a click on an element with the attribute data-refresh,
// and for the event rivulet:refresh. Both name the keys of the boundaries around it,
// too, as in product/stock.
//
// A request for the key does not run the loads of other boundaries, except those
// around this one. What the others check does not protect it. The load checks who may
// see its result, or the [stream.Page] does.
func Key(key string) Option { return func(b *stream.Boundary) { b.Key = key } }

// Every requests the boundary again after each d, at least one second, as long as the
// page can be seen: see the field Every of [stream.Boundary]. It needs a [Key].
func Every(d time.Duration) Option { return func(b *stream.Boundary) { b.Every = d } }

// Critical makes the first byte of the page wait for the load, so that an error can
// still decide the status: see [stream.StatusError], and the field Critical of
// [stream.Boundary].
func Critical() Option { return func(b *stream.Boundary) { b.Critical = true } }

// Optional says that failures are expected. They are logged at level Debug and do
// not change the status of the page. Without an ErrorView the boundary then shows
// nothing.
func Optional() Option { return func(b *stream.Boundary) { b.Optional = true } }

// with returns b, changed by opts.
func with(opts []Option, b stream.Boundary) stream.Boundary {
	if len(opts) == 0 {
		return b
	}
	return apply(opts, b)
}

// apply is a function of its own so that without options b does not move to the
// heap.
func apply(opts []Option, b stream.Boundary) stream.Boundary {
	for _, opt := range opts {
		opt(&b)
	}
	return b
}
