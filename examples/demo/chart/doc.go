// Package chart draws charts on the server, as HTML around SVG. It does not know
// the meaning of its data.
//
// The SVG contains only the marks and is stretched to the available width. All
// text is HTML, so it has the same size on every screen. Each chart can be read
// without its picture: a bar chart is a table, and other charts have a table
// folded below them. There are no style attributes, so a strict
// Content-Security-Policy allows the charts. Their style sheet is [Sheet].
package chart
