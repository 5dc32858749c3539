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
// showing for longer needs a connection of its own, as in package live.
package suspense
