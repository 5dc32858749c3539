// Package stream sends an HTML page in pieces: the shell at once, then each
// chunk when it is ready, in one response.
//
// A page is a templ component with boundaries in it. The components of package
// suspense are boundaries; beneath them is [Boundary]. [Handler] serves a page:
//
//	mux.Handle("GET /{$}", stream.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
//		return Home(shopFor(r)), nil
//	}))
//
// # The life of a response
//
// The page component is rendered into memory. A boundary that is met on the
// way starts its load in a goroutine of its own. When the component has been
// rendered, the shell is sent: a boundary whose load has ended by then stands
// in place, any other as its fallback between two markers. From then on, what
// becomes ready is rendered, in document order and by the goroutine of the
// response, and sent as a chunk, which the browser puts in the place of the
// fallback. A view may hold boundaries of its own. The content of a boundary may
// also come in pieces ([Boundary.Pieces]), of which each chunk adds those that
// have come since the one before. When nothing is pending the end of the page
// follows, and Render returns.
//
// templ.Flush in the page sends what there is so far, so that a head can leave
// before the body is rendered.
//
// # Failure
//
// A load or a view that fails, panics or runs out of time becomes a chunk,
// too: the boundary's error view with a digest that links it to the log. The
// rest of the page is untouched, and so are the pieces of a sequence that came
// before it failed. Error views may hold boundaries, which may fail, too: when
// error views that stand within others have placed 256 in one response, or stand
// eight deep, a short text takes their place. A page that fails before its first byte is an error of Render
// that matches [ErrShell]; one that fails later is cut so that it does not look
// whole. See [Renderer.Render] and [Renderer.Timeout].
//
// # Several streams in one page
//
// A script may fetch a response and put it into a page that streams, too. So the
// ids of a response out of order have a prefix, as in k3f9-1. They have none if
// Sec-Fetch-Dest, Sec-Fetch-Mode or Upgrade-Insecure-Requests says that the request
// is a navigation, or if it has neither an Accept, which every fetch sends, nor
// fetch metadata. The prefix is random, unless the header Rivulet-Prefix of the
// request asks for one: a letter and up to 15 letters, digits and underscores.
// Vary names the headers that the ids of a response depend on.
//
// A response that a cache has kept has the same prefix each time, so a page must
// not take it in twice.
//
// # Limits
//
//   - Chunks are children of body, so a page must not leave an element open,
//     and a boundary stands around an svg or math element, not inside one.
//   - The status and the headers leave with the shell. [Complete] is the mode
//     in which a failed boundary still changes them. A streamed page that says
//     "Cache-Control: public" may be kept by caches with the error view of a
//     boundary that failed after its shell had left, so only Complete pages
//     are for shared caches.
//   - How many boundaries a page places is up to it. Those of a view that places
//     itself again end with [Renderer.Timeout].
//   - A view must be quick: while it is rendered, nothing else is sent. Slow
//     work belongs into the load, or into a suspense.Suspense.
//   - What templ emits once for a page (Once, css classes, scripts) comes with
//     the view that is rendered first. A view that stands in place is rendered
//     after the rest of the shell, so what several parts share belongs into
//     the head. In the modes [InOrder] and [Complete] a view is rendered as soon
//     as it is ready. It does not rely on views behind it, so an asset that two
//     views share may be emitted twice.
//   - Before a proxy or middleware that buffers, and in one that hides Flush
//     and Unwrap, pages arrive whole.
//   - Over HTTP/1.1, net/http notices that a client has left once the body of
//     the request has been read.
package stream
