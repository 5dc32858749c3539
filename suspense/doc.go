// Package suspense lets a slow part of a templ page come later without
// holding up the rest.
//
// Have a function that fetches, and a component that shows what it returns?
// Use [Await]. Have a component that does its slow work inside its own templ
// body? Wrap it in [Suspense].
//
//	templ Home(shop Shop) {
//		@Layout("Home") {
//			@suspense.Await(templates.Skeleton(3), shop.Basket, BasketView)
//			@suspense.Suspense(templates.Spinner(), suspense.Timeout(2*time.Second)) {
//				@Recommendations(shop)
//			}
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
package suspense
