// Package markup reads HTML like a browser's parser. It finds where the end tags
// of a page begin, which elements are open, and where markers do not work.
//
// A Scanner follows https://html.spec.whatwg.org/multipage/parsing.html as far as
// markers depend on it. It builds no tree, allocates little and takes linear
// time. After HTML that it does not follow, it says nothing about the structure
// of a page. Hint looks at a few bytes and says whether a Scanner is needed at
// all.
package markup
