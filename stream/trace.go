package stream

import (
	"context"
	"net/http"
)

// A Trace is a set of callbacks for the events of a response, in the manner of
// net/http/httptrace. Any of them may be nil.
//
// A callback receives the context of the response: the request's, or the one that
// Start returned. Loading and Loaded receive the context of a load, which has the
// same values.
//
// A Trace serves all responses of a Renderer, so its callbacks must be safe for
// concurrent use. They delay the response and must be quick. The goroutines of
// loads call Loading and Loaded, and for boundaries within a suspense.Suspense
// also Met, Failed and InPlace. All other calls come from the goroutine of the
// response, one after the other. A panic of Loading or Loaded fails the boundary.
// A panic of any other callback is a panic of the page.
type Trace struct {
	// Start is called before the page is rendered. A Handler calls it before its
	// Page. The context that it returns replaces the request's for everything that
	// follows, the Page included. Nil keeps the request's.
	Start func(ctx context.Context, r *http.Request, mode Mode) context.Context
	// Status is called when the status and the headers leave with the first
	// bytes, and for a HEAD request. A Handler knows the status that its Page or
	// Renderer.ErrorHandler has set.
	//
	// Render knows the status that its caller has sent if the ResponseWriter, or
	// one that it wraps, has a method Status() int, as chi's and gin's have, or
	// the fields of echo's. Otherwise the code is 200. Render does not call Status
	// for a page that fails before its first byte.
	Status func(ctx context.Context, code int)
	// Met is called when the page's rendering meets a boundary.
	Met func(ctx context.Context, b BoundaryInfo)
	// Loading is called when a boundary's load, or its sequence, starts, with
	// the context of the load. The load runs with the context that Loading
	// returns, which must be derived from ctx. Nil keeps ctx.
	Loading func(ctx context.Context, b BoundaryInfo) context.Context
	// Loaded is called when a boundary's load, or its sequence, has returned,
	// with the context that the load ran with. err is nil, the error of the load,
	// or a *PanicError. Loaded is also called when an abandoned load returns,
	// which may be after Done.
	Loaded func(ctx context.Context, b BoundaryInfo, err error)
	// Sent is called when a boundary's content has been written into the
	// response, in place or as a chunk. bytes is the length of the content, for a
	// chunk with the tags around it. A failed boundary's content is its error
	// view. For a boundary with Pieces, Sent is called each time that some of
	// them are written.
	Sent func(ctx context.Context, b BoundaryInfo, bytes int, inPlace bool)
	// Failed is called when a boundary has failed and shows an error view. Without
	// it the failure is logged to the Renderer's Logger. An error whose field
	// Expected is true is no fault.
	Failed func(ctx context.Context, err *BoundaryError)
	// Decided is called when an error decides the status of the page, or would have
	// decided it before the first byte. For a boundary that then shows an error
	// view, Failed is called as well.
	Decided func(ctx context.Context, d Decision)
	// LogFailures logs failures to the Renderer's Logger even if Failed is set.
	// It is for a Failed that only observes. False means that Failed replaces the
	// log.
	LogFailures bool
	// Flushed is called after bytes have left the server. The first flush of a
	// streamed page is its shell, or what templ.Flush has sent. For an answer of
	// the Page itself, or of Renderer.ErrorHandler, it is called once, at the end.
	Flushed func(ctx context.Context, bytes int)
	// InPlace is called at most once for a response, when a boundary is rendered
	// into a writer that is not Rivulet's, so that it does not stream.
	InPlace func(ctx context.Context, b BoundaryInfo)
	// Abandoned is called at the end of the response for each load that is still
	// running. Either the time of the load has passed, or the page was not sent
	// whole and the load has ignored the end of its context for 100 ms.
	Abandoned func(ctx context.Context, b BoundaryInfo)
	// Done is called when the response has ended. err is the error that Render
	// returns, or the error of a Handler's Page.
	Done func(ctx context.Context, err error)
}

// BoundaryInfo names a boundary to a Trace. The ID does not contain the prefix that
// ids may have on the wire, so that the logs of several responses can be compared.
type BoundaryInfo struct {
	ID   string // the path in the page's tree: "2.1" is the first boundary within the second; below eight levels a number, such as ".17"
	Name string // the boundary's Name
}
