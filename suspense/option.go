package suspense

import (
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// An Option changes one boundary.
type Option func(*stream.Boundary)

// Timeout limits the time from the moment when the page reaches the boundary to the
// end of its load or its sequence. Time in the queue of a Limit counts. After that
// time the boundary shows its error view, even if the load ignores its context. Zero
// or less means the Renderer's Timeout.
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

// Name names the boundary in logs and traces. It is not sent to the browser. In the
// log, a boundary without a name has its Key.
func Name(name string) Option {
	return func(b *stream.Boundary) { b.Name = name }
}

// Key gives the boundary a name by which it can be requested again, without the rest
// of the page. key matches [A-Za-z][A-Za-z0-9_-]{0,47} and is unique in the page.
// The page then has the script live. It requests the boundary for a click on an element
// with the attribute data-refresh, and for the event rivulet:refresh. Both name the
// keys of the boundaries around it, too, as in product/stock.
//
// A request for the key does not run the loads of other boundaries, except those
// around this one and [Critical] ones. What the others check does not protect it. Who
// may see the result is checked by its load, by a critical one, or by the
// [stream.Page]. The field Key of [stream.Boundary] says more.
func Key(key string) Option { return func(b *stream.Boundary) { b.Key = key } }

// Every requests the boundary again after each d, as long as the page can be seen. The
// time is at least one second and varies by a tenth. Zero or less means never. Every
// has no effect without a [Key].
func Every(d time.Duration) Option { return func(b *stream.Boundary) { b.Every = d } }

// Critical makes the first byte of the page wait for the load, or for the first piece,
// so that an error can still decide the status: see [stream.StatusError]. It waits at
// most for the Timeout of the boundary or of the Renderer. The field Critical of
// [stream.Boundary] says more.
func Critical() Option { return func(b *stream.Boundary) { b.Critical = true } }

// Optional says that failures are expected, except for panics. They are logged at level
// Debug and do not change the status of a Complete page. Without an [ErrorView] of its
// own, the boundary then shows nothing.
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
