package browsertest

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// innerHTML returns the HTML in n without comments, in the form of
// https://html.spec.whatwg.org/multipage/parsing.html#serialising-html-fragments.
func innerHTML(n *html.Node) string {
	var b strings.Builder
	for c := range n.ChildNodes() {
		serialize(&b, c)
	}
	return b.String()
}

var (
	inText  = strings.NewReplacer("&", "&amp;", "\u00a0", "&nbsp;", "<", "&lt;", ">", "&gt;")
	inValue = strings.NewReplacer("&", "&amp;", "\u00a0", "&nbsp;", `"`, "&quot;", "<", "&lt;", ">", "&gt;")
)

func serialize(b *strings.Builder, n *html.Node) {
	switch n.Type {
	case html.TextNode:
		switch n.Parent.DataAtom {
		case atom.Style, atom.Script, atom.Xmp, atom.Iframe, atom.Noembed, atom.Noframes, atom.Plaintext, atom.Noscript:
			b.WriteString(n.Data)
		default:
			b.WriteString(inText.Replace(n.Data))
		}
	case html.ElementNode:
		b.WriteString("<" + n.Data)
		for _, a := range n.Attr {
			name := a.Key
			if a.Namespace != "" {
				name = a.Namespace + ":" + name
			}
			b.WriteString(" " + name + `="` + inValue.Replace(a.Val) + `"`)
		}
		b.WriteString(">")
		switch n.DataAtom {
		case atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link, atom.Meta, atom.Source, atom.Track, atom.Wbr:
			return
		}
		b.WriteString(innerHTML(n) + "</" + n.Data + ">")
	}
}
