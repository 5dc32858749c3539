// Package markup knows what an HTML parser makes of bytes: where the end tags
// of a page begin, which elements are open, and where no marker can stand.
//
// A Scanner does what https://html.spec.whatwg.org/multipage/parsing.html says,
// as far as markers depend on it. It builds no tree, allocates little, takes
// linear time, and says nothing about the structure of a page once it has met
// something that it does not follow. Hint is a look at a few bytes, which says
// whether a Scanner is needed at all.
package markup
