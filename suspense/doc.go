// Package suspense lets a slow part of a templ page come later without
// holding up the rest.
//
// Have a function that fetches, and a component that shows what it returns?
// Use [Await]. Have a component that does its slow work inside its own templ
// body? Wrap it in [Suspense]. Does the content itself come bit by bit, such as
// the answer of a model or the rows of a long search? [Text] shows strings, and
// [Each] whatever you have a view for, as they come.
//
//	templ Home(shop Shop) {
//		@Layout("Home") {
//			@suspense.Await(templates.Skeleton(3), shop.Basket, BasketView)
//			@suspense.Suspense(templates.Spinner(), suspense.Timeout(2*time.Second)) {
//				@Recommendations(shop)
//			}
//			<p>
//				@suspense.Text(templates.Spinner(), shop.Advice)
//			</p>
//		}
//	}
//
// The page is served by [stream.Handler]: the fallbacks are sent at once, the
// loads run at the same time, and each view follows in the same response when
// its load is ready. Each boundary has its own fallback; a Suspense does not
// wait for an Await inside it. Served in any other way, by templ.Handler or
// into an e-mail, the same components load and render in place.
//
// # Prefer Await
//
// A view is rendered by the goroutine of the response, so that styles, scripts
// and templ.Once are emitted once for the whole page. The children of a
// Suspense are rendered in the goroutine of its load: once, styles and scripts
// are emitted once per Suspense, and children that change a variable of the
// surrounding template share it with the page, which does not wait for them.
//
// # Sequences
//
// A Text or an Each is fed by an iter.Seq2, which runs in a goroutine of its own
// like any load. Its first piece replaces the fallback; later ones are added
// behind it in the same response, in any browser and without further requests.
// Pieces that come while others are being sent leave together, and a sequence
// that is faster than its client waits for it. An error ends the sequence: what
// has come stays, with the error view behind it. In the modes in order and
// complete, and outside a response, the pieces stand where the component does.
//
// A sequence keeps the page loading, so it is for what ends within the time of
// a page: its timeout, 30 s unless set, runs to its end. What a page goes on
// showing for longer needs a connection of its own.
//
// # Live regions
//
// Has the page been sent, and what it shows changes? [Live] is an Await whose
// content is a [Region] that goes on being patched by Server-Sent Events, such as
// those of a topic of package broker:
//
//	var scores broker.Broker
//	var board = suspense.Region{Name: "board", URL: "/scores", Position: scores.Topic("scores").Position}
//
//	<ul aria-live="polite">
//		@suspense.Live(board, templates.Skeleton(3), shop.Games, Games)
//	</ul>
//
//	mux.Handle("GET /scores", scores.Topic("scores").Handler())
//	...
//	scores.Topic("scores").PublishComponent(ctx, board.Append(g.Key, Row(g)))
//
// A region is what stands between comments, so it can be rows of a table, and
// what is around it is never touched: the focus, the caret, what has been typed
// and scrolled there stay. The focus within what is replaced goes to the element
// of the same id. Elements around a region say whether it is announced, by
// aria-live. The regions of a page need different names, those with the same URL
// share one connection, and the attribute data-live of the html element says how
// it is: open, lost or stale. templates.Connection shows a lost one.
//
// Stale means that the page lacks an event, which was not applied: an item that
// ends in an open comment or leaves an element open would take the markers of the
// region with it, and the region would never change again. The console of the
// browser names the region. Raw HTML goes through a parser before it is published.
//
// A browser that has lost the connection connects again and is sent what it has
// missed. Where that cannot be, after a gap (see package broker) or any answer
// that is not a stream, such as that of a proxy whose server is away, it fetches
// the page again, waits ever longer if that has no region either, takes the
// regions from it and goes on from there. If the page redirects, as after a logout,
// the browser goes where that leads, at most once an hour. The page is fetched with
// GET, so a page with a region answers a GET: the answer to a form is a redirect.
//
// The order matters: commit first, publish after, and in the order of the
// commits, as package broker explains. What is published goes to all who
// subscribe, so nothing in it may be for one user only, and the styles and
// scripts of its components do not travel: styles belong into the head of the
// page, and scripts in events never run. Under a Content-Security-Policy a page
// needs connect-src 'self' and, where it requires Trusted Types, trusted-types
// rivulet. The script is written with the page's nonce; see Region.Script for a
// file and package assets for a hash.
package suspense
