package stream

import (
	"context"
	"net/http"
)

// A Trace is a set of callbacks that tell what a response does, in the manner
// of net/http/httptrace. Nil fields are skipped.
//
// Every callback is given the context of its response: the request's, or the
// one that Start returned. The contexts of loads have its values. A Trace serves all responses of a Renderer,
// so its callbacks must be safe for concurrent use; they hold up the response
// and must be quick. Loading and Loaded are called by the goroutines of the
// loads; so are Met, Failed and InPlace for boundaries within a
// suspense.Suspense. All others are called by the goroutine of the response,
// one after the other. A panic of Loading or Loaded fails the boundary, any
// other is one of the page.
type Trace struct {
	// Start is called before the page is rendered; by a Handler, before its
	// Page is called. The context it returns takes the place of the request's
	// for everything that follows, the Page included; nil keeps the request's.
	Start func(ctx context.Context, r *http.Request, mode Mode) context.Context
	// Status is called when the status and the headers leave with the first
	// bytes, and for a HEAD request. A Handler knows the status that its Page or
	// Renderer.ErrorHandler has set.
	//
	// Render knows what its caller has sent if the ResponseWriter, or one that it
	// wraps, has a method Status() int, as chi's and gin's have, or the fields of
	// echo's. Otherwise the code is 200. Render does not call Status for a page
	// that fails before its first byte.
	Status func(ctx context.Context, code int)
	// Met is called when the page's rendering meets a boundary.
	Met func(ctx context.Context, b BoundaryInfo)
	// Loading is called when a boundary's load, or its sequence, starts, with
	// the context of the load. The load is given the context that Loading
	// returns, which must come from ctx. Nil keeps ctx.
	Loading func(ctx context.Context, b BoundaryInfo) context.Context
	// Loaded is called when a boundary's load, or its sequence, has returned,
	// with the context that the load was given. The err is nil, what the load
	// returned, or a *PanicError. It is called for an abandoned load, too, if
	// that ever returns, perhaps after Done.
	Loaded func(ctx context.Context, b BoundaryInfo, err error)
	// Sent is called when a boundary's content has been written into the
	// response, in place or as a chunk. The bytes include the framing.
	// A failed boundary's content is its error view. For a boundary with
	// Pieces it is called each time that some are written.
	Sent func(ctx context.Context, b BoundaryInfo, bytes int, inPlace bool)
	// Failed is called when a boundary has failed. Without it the failure
	// is logged to the Renderer's Logger.
	Failed func(ctx context.Context, err *BoundaryError)
	// LogFailures has failures logged to the Renderer's Logger although there
	// is a Failed, for one that only looks on.
	LogFailures bool
	// Flushed is called after bytes have left the server. The first flush of a
	// streamed page is its shell, or what templ.Flush has sent. For an answer of
	// the Page itself, or of Renderer.ErrorHandler, it is called once, at the end.
	Flushed func(ctx context.Context, bytes int)
	// InPlace is called at most once for a response, when a boundary was
	// given a writer that is not Rivulet's, so that it does not stream.
	InPlace func(ctx context.Context, b BoundaryInfo)
	// Abandoned is called at the end of the response for each load that is
	// still running: its time passed, or the page was not sent whole and it has
	// ignored the end of its context for 100 ms.
	Abandoned func(ctx context.Context, b BoundaryInfo)
	// Done is called when the response has ended; err is what Render returns,
	// or the error of a Handler's Page.
	Done func(ctx context.Context, err error)
}

// BoundaryInfo names a boundary to a Trace. A prefix that ids have on the wire is
// not part of the ID, so that the logs of several responses can be compared.
type BoundaryInfo struct {
	ID   string // the path in the page's tree, "2.1": the first boundary within the second; below eight levels a number, ".17"
	Name string // the boundary's Name
}
