// Package templates has views for the moments when content is not there:
// [Skeleton] and [Spinner] as fallbacks, [ErrorCard] for a boundary that has
// failed, [Incomplete] for a page that was cut, [Connection] for live regions
// that have lost their connection.
//
// They get their looks from [Style], which belongs once into the head:
//
//	<head>
//		@templates.Style()
//	</head>
//	...
//	@suspense.Await(templates.Skeleton(3), shop.Basket, BasketView, suspense.ErrorView(templates.ErrorCard))
//
// It is not part of the views because a fallback has a templ state of its own:
// every skeleton of the page would bring its own copy. A page without Style
// shows plain text where they stand, and works; only Connection and Incomplete
// cannot do without, since their text would be there from the start.
//
// None has a style attribute, so a Content-Security-Policy without
// 'unsafe-inline' allows them. Their colours are made from the text colour
// around them, so they fit a light and a dark page, and nothing moves for a
// visitor who has asked for reduced motion.
//
// # Where they can stand
//
// All are made of span elements and may stand wherever text may: in a
// paragraph, a list item, a table cell, a heading. Where only rows or list items
// are allowed, wrap them as you would wrap text: a boundary around table rows
// takes <tr><td colspan="4">@templates.Skeleton(1)</td></tr> as its fallback.
//
// # Screen readers
//
// A page often has many skeletons, so a skeleton does not announce itself: it
// says "Loading…" to those who come upon it and is marked as busy. A spinner is
// a polite status, read out when nothing else is being said; use few. So is the
// text of a lost connection, and of a page that was cut. The error card is an alert, read out at once. The
// texts are in English: for another language write a view of your own with the
// same classes.
package templates
