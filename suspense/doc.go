// Package suspense lets a slow part of a templ page arrive later, without
// delaying the rest of the page.
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
// The function weather is any func(context.Context) (T, error), Weather is any
// component of a T, and Looking is the fallback that the page shows until then.
//
// Use [Await] for a function that fetches a value and a component that shows it.
// Use [Suspense] for a component that does its slow work in its own templ body.
// Use [Text] for strings that arrive one after the other, such as the answer of a
// model, and [Each] for values that do, such as the rows of a long search. Use
// [SetHead] in a view that knows the title of the page.
//
//	@suspense.Suspense(templates.Spinner()) {
//		@Recommendations()
//	}
//	<p>
//		@suspense.Text(templates.Spinner(), Story, suspense.Timeout(time.Minute))
//	</p>
//
// [stream.Handler] serves the page. The fallbacks are sent at once, the loads run
// at the same time, and each view follows in the same response when its load is
// ready. Each boundary has its own fallback: a Suspense does not wait for an
// Await inside it. Elsewhere, as in templ.Handler or in an e-mail, the same
// components load and render in place.
//
// # Prefer Await
//
// The goroutine of the response renders a view, so that styles, scripts and
// templ.Once are emitted once for the whole page. The goroutine of the load
// renders the children of a Suspense. Their styles, scripts and templ.Once are
// emitted once for each Suspense. Children must not change a variable of the
// surrounding template: the page uses it at the same time.
//
// # Sequences
//
// An iter.Seq2 feeds a Text or an Each. It runs in a goroutine of its own, like
// any load. Its first piece replaces the fallback. Later pieces are added behind
// it in the same response, in every browser and without further requests. Pieces
// that arrive while others are being sent are sent together. A sequence that is
// faster than its client waits for the client. An error ends the sequence: the
// pieces so far stay, with the error view behind them. In the modes InOrder and
// Complete, and outside a response, the pieces are rendered in place.
//
// The page keeps loading while a sequence runs. A sequence must therefore end
// within the timeout of its boundary, 30 s unless set. Content that changes for
// longer needs a connection of its own, as in package live.
package suspense
