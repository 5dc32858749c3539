// Package templates has views for content that is missing: [Skeleton] and
// [Spinner] as fallbacks, [ErrorCard] for a boundary that has failed,
// [DevError] for one in development, [Incomplete] for a page that was cut, and
// [Connection] for live regions that have lost their connection.
//
// [Style] defines how they look. Put it into the head, once:
//
//	templ Layout(title string) {
//		<!DOCTYPE html>
//		<html lang="en">
//			<head>
//				<title>{ title }</title>
//				@templates.Style()
//			</head>
//			<body>
//				@templates.Incomplete()
//				{ children... }
//			</body>
//		</html>
//	}
//
//	templ Report(s *shop) {
//		@suspense.Await(templates.Spinner(), s.total, Panel, suspense.ErrorView(templates.ErrorCard))
//	}
//
//	templ Panel(text string) {
//		<p>{ text }</p>
//	}
//
// The views do not include Style, because a fallback has a templ state of its
// own: each skeleton of a page would write its own copy. Without Style, a page
// works and shows the views as plain text. Connection and Incomplete require
// Style, which hides their text until it applies.
//
// The views have no style attributes, so a Content-Security-Policy without
// 'unsafe-inline' allows them. Their colours are derived from the text colour
// around them, so they fit light and dark pages. Nothing moves for a visitor that
// has asked for reduced motion.
//
// # Where they can stand
//
// All views consist of span elements and may stand wherever text may: in a
// paragraph, a list item, a table cell or a heading. Where only rows or list
// items are allowed, wrap them as you would wrap text. A boundary around table
// rows takes <tr><td colspan="4">@templates.Skeleton(1)</td></tr> as its
// fallback.
//
// # Screen readers
//
// A page often has many skeletons, so a skeleton does not announce itself. It is
// marked as busy, and a reader that reaches it hears "Loading…". A spinner is a
// polite status, which is read out when nothing else is: use few. The text of a
// lost connection, and of a page that was cut, is a polite status too. The error
// card is an alert, which is read out at once. The texts are in English. For
// another language, write views of your own with the same classes.
package templates
