package stream

import (
	"bytes"
	"log/slog"
	"slices"
	"strings"
	"sync"
)

// A chunk finds its boundary only as a child of body, so a shell that leaves
// an element open swallows all that follows it: the page stays at its
// fallbacks. That is quiet in every browser, so each route is checked once.

var checkedRoutes sync.Map // of the patterns of http.ServeMux

// checkOpen logs an element that the shell leaves open.
func (p *response) checkOpen(shell []byte) {
	if _, checked := checkedRoutes.LoadOrStore(p.r.Pattern, true); checked {
		return
	}
	if name := openElement(shell); name != "" {
		slog.WarnContext(p.ctx, "stream: the page leaves an element open, so its chunks will not be shown",
			slog.String("element", name), slog.String("path", p.r.URL.Path))
	}
}

// openElement returns the name of an element that html leaves open although
// its end tag may not be omitted, or "". Body and html do not count. It does
// not build a tree, so it stays silent where it is not sure.
func openElement(html []byte) string {
	var open []string
	for {
		i := bytes.IndexByte(html, '<')
		if i < 0 {
			break
		}
		html = html[i+1:]
		switch {
		case bytes.HasPrefix(html, []byte("!--")):
			_, html, _ = bytes.Cut(html, []byte("-->"))
		case bytes.HasPrefix(html, []byte("/")):
			name, _, rest := cutTag(html[1:])
			html = rest
			if i := lastIndex(open, name); i >= 0 {
				open = open[:i]
			}
		case len(html) > 0 && isLetter(html[0]):
			name, selfClosing, rest := cutTag(html)
			html = rest
			switch {
			case selfClosing || slices.Contains(voidElements, name):
			case slices.Contains(rawElements, name):
				html = afterEndTag(html, name)
			default:
				open = append(open, name)
			}
		}
	}
	for _, name := range open {
		if !slices.Contains(optionalEnd, name) {
			return name
		}
	}
	return ""
}

var (
	voidElements = strings.Fields("area base br col embed hr img input link meta param source track wbr")
	rawElements  = strings.Fields("script style textarea title template iframe noembed noframes noscript xmp")
	// https://html.spec.whatwg.org/multipage/syntax.html#optional-tags
	optionalEnd = strings.Fields("html head body p li dt dd option optgroup rt rp colgroup caption thead tbody tfoot tr td th")
)

func isLetter(c byte) bool { c |= 0x20; return 'a' <= c && c <= 'z' }

func lastIndex(names []string, name string) int {
	for i := len(names) - 1; i >= 0; i-- {
		if names[i] == name {
			return i
		}
	}
	return -1
}

// cutTag returns the name of the tag at the start of html, which stands behind
// its "<" or "</", and what follows the tag.
func cutTag(html []byte) (name string, selfClosing bool, rest []byte) {
	n := bytes.IndexAny(html, " \t\r\n\f/>")
	if n < 0 {
		return "", false, nil
	}
	name = strings.ToLower(string(html[:n]))
	quote := byte(0)
	for i := n; i < len(html); i++ {
		switch c := html[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return name, i > n && html[i-1] == '/', html[i+1:]
		}
	}
	return name, false, nil
}

// afterEndTag returns what follows the end tag of a raw element.
func afterEndTag(html []byte, name string) []byte {
	for {
		_, rest, ok := bytes.Cut(html, []byte("</"))
		if !ok {
			return nil
		}
		html = rest
		if len(html) >= len(name) && strings.EqualFold(string(html[:len(name)]), name) {
			_, _, rest = cutTag(html)
			return rest
		}
	}
}
