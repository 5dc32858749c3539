// Package live keeps parts of a page up to date after the page has been sent, by
// Server-Sent Events.
//
// [Await] shows a [Region] as suspense.Await shows its view. The methods of the
// region return components, which a program publishes, for example to a topic of
// package broker:
//
//	var (
//		events broker.Broker
//		topic  = events.Topic("guests")
//		list   = live.Region{Name: "guests", URL: "/guests/events", Position: topic.Position}
//	)
//
//	func routes(b *book) http.Handler {
//		mux := http.NewServeMux()
//		mux.Handle("GET /guests/events", topic.Handler())
//		mux.Handle("GET /{$}", stream.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
//			return Page(b), nil
//		}))
//		return mux
//	}
//
//	templ Page(b *book) {
//		<ul aria-live="polite">
//			@live.Await(list, templates.Skeleton(3), b.guests, Rows)
//		</ul>
//	}
//
//	templ Rows(guests []Guest) {
//		for _, g := range guests {
//			@list.Item(g.Key, Row(g))
//		}
//	}
//
//	func (b *book) add(ctx context.Context, name string) error {
//		b.mu.Lock()
//		defer b.mu.Unlock()
//		guest := Guest{strconv.Itoa(len(b.all)), name}
//		b.all = append(b.all, guest)
//		_, err := topic.PublishComponent(ctx, list.Append(guest.Key, Row(guest)))
//		return err
//	}
//
// # The life of a region
//
// The page asks for the position of the events, loads the content and sends it
// with the position, as a boundary like any other. The script live comes with the
// first region. It opens the URL at the position and applies each event: it
// replaces, adds, moves or removes an item, or replaces the whole content of the
// region. A region with a Limit removes items beyond it. The regions of a page
// need different names. Regions with the same URL share one connection.
//
// Only the region changes. The elements around it keep focus, caret, scroll
// position and text that has been typed. If the focus is in content that is
// replaced, it moves to the new element with the same id. To announce changes to
// screen readers, set aria-live on an element around the region.
//
// A browser that has lost the connection reconnects and receives the events that it
// has missed. If the server cannot replay them, it sends a gap (see package broker).
// The browser then fetches the page again, takes the regions that have missed events
// from it and continues from there. It does the same after an answer that is not a
// stream, such as the answer of a proxy whose server is down. The status 204 is no
// such answer: it says that nothing follows. While the fetched page lacks such a
// region, as one that came with a fragment, the region stays as it was, the connection
// counts as lost, and the browser waits longer and longer, up to two hours. If the
// page redirects, as after a logout, the browser follows the redirect, at most once an
// hour.
//
// A proxy or a computer that has slept can leave a connection open that forwards
// nothing any more. The script asks for heartbeats as events (see sse.Options). It
// opens the stream again when two of them are missing, and when the browser is online
// again. A stream that has not opened within 30 s counts as lost. The script looks at
// the clock also when the page becomes visible. A page that waits for its server is
// then fetched within 10 s.
//
// The stream is closed with the last region that uses it: when the page is left, or
// when a script takes the region away, as htmx does after a boosted link. A region
// that a script brings is found, and opens its stream.
//
// The attribute data-live of the html element holds the state of the connection:
// open, lost, stale or ended. templates.Connection shows a lost one. Ended means that
// the topics of all regions have ended (see Topic.End of package broker), so that
// their streams are closed for good. Stale means that an
// event was not applied. Such an event has an item that ends in an open comment
// or leaves an element open. It would remove the markers of its region, and the
// region would never change again. The console of the browser names the region.
//
// # Limits
//
// Commit first and publish afterwards, in the order of the commits, as package
// broker explains.
//
// All subscribers receive the same events. Publish nothing that only one user may
// see.
//
// Events do not contain the styles and scripts of components. Put styles into the
// head of the page. Scripts in events never run. Raw HTML must go through a
// parser before it is published.
//
// The browser fetches the page with GET, so a page with a region must answer a
// GET. Answer a form with a redirect.
//
// A Content-Security-Policy needs connect-src 'self'. If it requires Trusted
// Types, it needs trusted-types rivulet. The script carries the nonce of the
// page. For a file see Region.Script, for a hash see package assets.
package live
