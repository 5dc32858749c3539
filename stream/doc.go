// Package stream sends an HTML page in pieces: the shell at once, then each
// chunk when it is ready, in one response.
//
// A page is a templ component that contains boundaries, which the components of
// package suspense make of [Boundary]. A [Handler] serves the page:
//
//	func main() {
//		http.Handle("GET /{$}", stream.Handler(stream.Component(Page())))
//		fmt.Println("http://127.0.0.1:8080/")
//		log.Fatal(http.ListenAndServe("127.0.0.1:8080", nil))
//	}
//
//	templ Page() {
//		<h1>Hello</h1>
//		<p>
//			The weather today: @suspense.Await(Looking(), weather, Weather)
//		</p>
//	}
//
//	templ Looking() {
//		<em>looking out of the window …</em>
//	}
//
//	templ Weather(text string) {
//		<strong>{ text }</strong>
//	}
//
//	func weather(ctx context.Context) (string, error) {
//		select {
//		case <-time.After(2 * time.Second):
//			return "sunny, 21 °C", nil
//		case <-ctx.Done():
//			return "", context.Cause(ctx)
//		}
//	}
//
// A page that depends on the request comes from a [Page], a function.
//
// # The life of a response
//
// The page component is rendered into memory. Each boundary that is met starts
// its load in a goroutine of its own. When the component has been rendered, the
// shell is sent. A boundary whose load has ended by then stands in it with its
// content, in place. Any other boundary stands in it as its fallback between two
// markers.
//
// After that, each view whose load has ended is rendered by the goroutine of the
// response, in document order, and sent as a chunk. The browser replaces the
// fallback with it. A view may contain boundaries of its own. The content of a
// boundary may also come in pieces ([Boundary.Pieces]): each chunk then adds the
// pieces that have come since the last one. When nothing is pending, the end of
// the page is sent and Render returns.
//
// templ.Flush in the page sends the part that has been rendered, so that the head
// can leave before the body is rendered.
//
// # Failure
//
// A boundary fails if its load or its view fails, panics or runs out of time. It
// then shows an error view, with a digest that links it to the log. The rest of
// the page is not affected. If a sequence fails, the pieces that it has yielded
// stay. Error views may contain boundaries, which may fail, too. An error view
// stands within at most eight others, and error views within others place at most
// 256 boundaries in one response. Beyond these limits a short text replaces the
// error view.
//
// If a page fails before its first byte, Render returns an error that matches
// [ErrShell]. A page that fails later is cut, so that it does not look whole. See
// [Renderer.Render] and [Renderer.Timeout].
//
// # Several streams in one page
//
// A script may fetch a response and put it into a page that streams, too. Ids must
// be unique in that page, so the ids of a response out of order have a prefix, as
// in k3f9-1. A navigation needs no prefix. Its ids have none if Sec-Fetch-Dest,
// Sec-Fetch-Mode or Upgrade-Insecure-Requests says that it is a navigation, or if
// it has neither fetch metadata nor an Accept, which every fetch sends. The prefix
// is random, unless the request asks for one in the header Rivulet-Prefix: a
// letter and up to 15 letters, digits and underscores. Vary names the headers that
// the ids of a response depend on.
//
// A response from a cache has the same prefix each time, so a page must not
// contain it twice.
//
// # Limits
//
//   - Chunks are children of body, so a page must not leave an element open,
//     and a boundary stands around an svg or math element, not inside one.
//   - The status and the headers leave with the shell. A [StatusError] of a
//     boundary that is Critical comes in time to change them. Other failures
//     change them in the mode [Complete] only. A shared cache may store a streamed
//     page together with the error view of a boundary that failed after the shell
//     had left. So "Cache-Control: public" is for Complete pages only.
//   - The number of boundaries on a page is not limited. A view that contains its
//     own boundary again goes on until [Renderer.Timeout].
//   - A view must be quick: while it is rendered, nothing else is sent. Slow
//     work belongs in the load, or in a suspense.Suspense.
//   - templ emits css classes, scripts and templ.Once only once for a page. They
//     come with the view that is rendered first. A view in place is rendered after
//     the rest of the shell, so an asset that several parts share belongs in the
//     head. In the modes [InOrder] and [Complete] a view is rendered as soon as it
//     is ready. It does not rely on views behind it, so an asset that two views
//     share may be emitted twice.
//   - Pages arrive whole if a proxy or a middleware buffers them, or if a
//     middleware hides Flush and Unwrap.
//   - Over HTTP/1.1, net/http does not notice that a client has left until the
//     body of the request has been read.
package stream
