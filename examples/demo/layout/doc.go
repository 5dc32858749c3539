// Package layout is the common part of all pages of the demo: the document, the
// navigation, the link to the page's source and the style sheet.
//
// Each page is a package of its own. It wraps its templ in [Layout]:
//
//	templ Page() {
//		@layout.Layout("Search", "/search", "/search/style.css") {
//			<p class="lead">Type, and the list follows.</p>
//			@layout.Card("hits", "What was found") {
//				...
//			}
//		}
//	}
//
// The style sheet styles plain elements (tables, forms, figures) and these
// classes: lead (the sentence under the heading), note, cards (a grid of cards),
// wide (a card across the grid), choices (a row of links, the current one with
// aria-current), arrived (fades in), number, digest, soft, hidden (for screen
// readers only). A card reserves room for its content: its body is as high as
// --lines lines of text, which a page sets in a style sheet of its own. The
// colours that pages use are at the top of style.css.
package layout
