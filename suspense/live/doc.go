// Package live keeps parts of a page up to date after the page has been sent, by
// Server-Sent Events.
//
// [Await] shows a [Region] as suspense.Await shows its view. A program publishes
// what the methods of the region return, for example to a topic of package broker:
//
//	var scores broker.Broker
//	var board = live.Region{Name: "board", URL: "/scores", Position: scores.Topic("scores").Position}
//
//	<ul aria-live="polite">
//		@live.Await(board, templates.Skeleton(3), shop.Games, Games)
//	</ul>
//
//	mux.Handle("GET /scores", scores.Topic("scores").Handler())
//	...
//	scores.Topic("scores").PublishComponent(ctx, board.Append(g.Key, Row(g)))
//
// # The life of a region
//
// The page asks for the position of the events, loads the content and sends it with
// the position, as a boundary like any other. The script live comes with the first
// region. It opens the URL at the position and applies each event: it replaces,
// adds or removes an item, or replaces all of the region. The regions of a page
// need different names; regions with the same URL share one connection.
//
// Only the region changes. The elements around it keep focus, caret, scroll
// position and text that has been typed. If the focus is within what is replaced,
// it goes to the element with the same id. Elements around a region say whether
// it is announced, by aria-live.
//
// A browser that has lost the connection connects again and receives the events it
// has missed. If the server cannot replay them, it sends a gap (see package
// broker), and the browser fetches the page again, takes the regions from it and
// goes on from there. It does the same after an answer that is not a stream, such
// as the answer of a proxy whose server is away, and waits ever longer while the
// page has no region. If the page redirects, as after a logout, the browser goes
// where the redirect leads, at most once an hour.
//
// The attribute data-live of the html element tells the state of the connection:
// open, lost or stale. templates.Connection shows a lost one. Stale means that an
// event was not applied: an item that ends in an open comment, or that leaves an
// element open, would remove the markers of its region, and the region would never
// change again. The console of the browser names the region.
//
// # Limits
//
// Commit first and publish afterwards, in the order of the commits, as package
// broker explains.
//
// All subscribers receive the same events. Publish nothing that only one user may
// see.
//
// Styles and scripts of components are not in the events. Put styles into the head
// of the page. Scripts in events never run. Raw HTML must go through a parser before
// it is published.
//
// The browser fetches the page with GET, so a page with a region answers a GET. The
// answer to a form is a redirect.
//
// A Content-Security-Policy needs connect-src 'self'. If it requires Trusted Types,
// it needs trusted-types rivulet. The script carries the nonce of the page. For a
// file see Region.Script, for a hash see package assets.
package live
