package stream

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/a-h/templ"
)

// Preload tells the browser to fetch the resource at url early. Before the first
// byte of the page it adds a field Link to the header, afterwards a link element to
// the next chunk. as is the kind of the resource, such as "image", "font", "script"
// or "style", see https://html.spec.whatwg.org/multipage/links.html#link-type-preload.
// Each of params is the name of a further attribute, or name=value: "crossorigin",
// which a font needs, "type=image/avif", "fetchpriority=high", "imagesrcset=...".
//
// Any goroutine of the page may call Preload, with the context of a Page, a load or
// a view. A url is sent once. In a mode other than OutOfOrder, nothing is sent
// after the first byte. Preload returns an error outside a response, and if an
// argument has a character that a header cannot have.
//
// For a 103 Early Hints, a Page sets the field Link itself and calls
// w.WriteHeader(http.StatusEarlyHints).
func Preload(ctx context.Context, url, as string, params ...string) error {
	owner := ownerOf(ctx)
	if owner == nil || owner.resp == nil {
		return errors.New("stream: Preload outside a response")
	}
	l := preload{url: url, as: as, params: params}
	if !l.valid() {
		return errors.New("stream: Preload with a character that a header cannot have")
	}
	h := &owner.resp.header
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.more().add(l) && !h.left {
		owner.resp.setHeader(func(h http.Header) { h.Add("Link", l.field()) })
	}
	return nil
}

// A preload is a resource that the browser is to fetch early.
type preload struct {
	url, as string
	params  []string
}

// valid reports whether l can be sent in a header.
func (l preload) valid() bool {
	odd := func(s string) bool {
		return strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c == 0x7f })
	}
	for _, s := range l.params {
		name, value, _ := strings.Cut(s, "=")
		if !isToken(name) || odd(value) || strings.ContainsAny(value, "\"\\") {
			return false
		}
	}
	return !odd(l.url) && !strings.ContainsAny(l.url, "<> ") && l.url != "" && isToken(l.as)
}

// isToken reports whether s can stand in a header without quotes, and is no other
// parameter or link.
func isToken(s string) bool { return s != "" && s == token(s) }

// field returns l as the value of a field Link,
// see https://www.rfc-editor.org/rfc/rfc8288.html.
func (l preload) field() string {
	var s strings.Builder
	s.WriteString("<" + l.url + ">; rel=preload; as=" + l.as)
	for _, param := range l.params {
		name, value, ok := strings.Cut(param, "=")
		s.WriteString("; " + name)
		if ok {
			s.WriteString(`="` + value + `"`)
		}
	}
	return s.String()
}

// appendElement appends l as an element to dst.
func (l preload) appendElement(dst []byte) []byte {
	attr := func(name, value string) {
		dst = append(dst, ' ')
		dst = append(dst, name...)
		dst = append(dst, `="`...)
		dst = append(dst, templ.EscapeString(value)...)
		dst = append(dst, '"')
	}
	dst = append(dst, `<link rel="preload"`...)
	attr("href", l.url)
	attr("as", l.as)
	for _, param := range l.params {
		name, value, _ := strings.Cut(param, "=")
		attr(token(name), value)
	}
	return append(dst, '>')
}

// add records l. It reports whether its url is new.
func (m *headerMore) add(l preload) bool {
	if _, ok := m.preloads[l.url]; ok {
		return false
	}
	if m.preloads == nil {
		m.preloads = make(map[string]struct{})
	}
	m.preloads[l.url] = struct{}{}
	m.unsent = append(m.unsent, l)
	return true
}

// appendPreloads appends the elements of what was given to Preload since the
// headers have left.
func (p *response) appendPreloads() {
	h := &p.header
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.rare == nil {
		return
	}
	for _, l := range h.rare.unsent {
		p.bytes = l.appendElement(p.bytes)
	}
	h.rare.unsent = nil
}
