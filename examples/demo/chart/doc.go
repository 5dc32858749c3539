// Package chart draws charts on the server, as HTML around SVG. It knows
// nothing of what it draws.
//
// The SVG holds the marks only and is stretched to the width there is; all text
// is HTML, so it keeps its size on every screen. Each chart can be read without
// its picture: bars are a table, the others have one folded below them.
// There are no style attributes, so a strict Content-Security-Policy allows
// them. Their style sheet is [Sheet].
package chart
