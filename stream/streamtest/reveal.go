package streamtest

import (
	"bytes"
	"fmt"
	"html"
	"slices"
	"strings"

	"github.com/rivulet-go/rivulet/assets"
	"github.com/rivulet-go/rivulet/stream/internal/markup"
)

// A reader does with the bytes of a page what a browser does: it puts the content of
// each chunk into the place of its markers.
type reader struct {
	doc    document
	chunks []span
	faults []error
	lost   map[string]bool // the boundaries that a fault keeps from being filled
	leads  string          // the target of a redirect that came after the first byte

	page    []byte
	scanner markup.Scanner
	pos     int    // what is before it has been read
	open    string // the open element before the current token; "" for body
	script  int    // where the open script element begins; -1 for none
	text    int    // where its text begins
	depth   int    // of templates, within a chunk
	chunk   span   // the one that is open
	order   bool   // the last token was an order to a script
}

// A span is a chunk: page[start:end], with its content.
type span struct {
	id         string
	start, end int
	content    int // where it begins
	html       string
}

// read returns a reader of page, which may end anywhere.
func read(page []byte) *reader {
	r := &reader{page: page, script: -1}
	r.doc.init()
	end := 0
	for start, after := range r.scanner.Tokens(page) {
		if r.scanner.Cut() {
			break
		}
		if start >= r.pos {
			r.token(start, after)
		}
		r.open, end = r.scanner.Open(), after
	}
	switch {
	case r.depth > 0: // no more than a part of the chunk has come
	case r.script >= 0:
		r.keep(r.script)
	case r.scanner.Cut():
		r.keep(max(end, r.textEnd(end)))
	default:
		r.keep(len(page))
	}
	return r
}

// textEnd returns where the text that begins at i ends.
func (r *reader) textEnd(i int) int {
	if n := bytes.IndexByte(r.page[i:], '<'); n >= 0 {
		return i + n
	}
	return len(r.page)
}

// keep adds what has not been read up to end to the document. A page with keys has a
// chunkEnd at the end of its shell, too.
func (r *reader) keep(end int) {
	if end > r.pos {
		text := string(r.page[r.pos:end])
		if shell, ok := strings.CutSuffix(text, chunkEnd); ok && !strings.HasSuffix(shell, "</template>") {
			text = shell
		}
		r.doc.text(text)
	}
	r.pos = max(r.pos, end)
}

// drop leaves page[start:end] out of the document.
func (r *reader) drop(start, end int) {
	r.keep(start)
	r.pos = end
}

// token reads the tag or processing instruction page[start:end].
func (r *reader) token(start, end int) {
	tok := r.page[start:end]
	if r.depth > 0 {
		r.inChunk(tok, start, end)
		return
	}
	order := r.order
	r.order = false
	switch {
	case isTag(tok, "script"):
		r.script, r.text = start, end
	case r.script >= 0 && isTag(tok, "/script"):
		if isOurs(r.page[r.script:r.text], r.page[r.text:start]) {
			r.drop(r.script, end)
		}
		r.script = -1
	case bytes.HasPrefix(tok, []byte(refresh)):
		target, _, _ := strings.Cut(string(tok[len(refresh):]), "'")
		r.leads = html.UnescapeString(target)
	case tok[1] == '?':
		r.instruction(string(tok), start, end)
	case order && string(tok) == "<template data-r>":
		const whole = "<template data-r></template>"
		if bytes.HasPrefix(r.page[start:], []byte(whole)) {
			r.drop(start, start+len(whole))
		}
	case bytes.HasPrefix(tok, []byte(chunkStart)):
		id, rest, ok := strings.Cut(string(tok[len(chunkStart):]), `"`)
		switch {
		case !ok || rest != ">":
		case r.open == "":
			r.keep(start)
			r.depth, r.chunk = 1, span{id: id, start: start, content: end}
		case r.doc.starts[id] != nil:
			r.lose(id, fmt.Errorf("%w: chunk %q is within an open <%s> and not a child of body", ErrNoMarker, id, r.open))
		}
	}
}

const (
	chunkStart = `<template for="`
	chunkEnd   = `<!/>` // behind its end tag

	// The start of the element that ends a page with a late redirect.
	refresh = `<meta http-equiv="refresh" content="0;url='`
)

// inChunk reads a token of a chunk.
func (r *reader) inChunk(tok []byte, start, end int) {
	switch {
	case isTag(tok, "template"):
		r.depth++
	case isTag(tok, "/template"):
		r.depth--
	}
	if r.depth > 0 {
		return
	}
	c := r.chunk
	r.pos, c.end = end, end
	content := parse(r.page[c.content:start])
	c.html = content.html()
	if rest := r.page[end:]; bytes.HasPrefix(rest, []byte(chunkEnd)) {
		r.pos += len(chunkEnd)
		c.end = r.pos
	} else if len(rest) >= len(chunkEnd) {
		r.lose(c.id, fmt.Errorf("%w: chunk %q lacks the %s behind it, which older browsers need: something removes comments", ErrNoMarker, c.id, chunkEnd))
	}
	r.chunks = append(r.chunks, c)
	if err := r.doc.reveal(c.id, content); err != nil {
		r.lose(c.id, err)
	}
}

// instruction reads a processing instruction, which may be a marker.
func (r *reader) instruction(tok string, start, end int) {
	kind, name, ours := marker(tok)
	if !ours {
		return
	}
	r.drop(start, end)
	if r.order = kind == noMarker; !r.order {
		r.doc.add(&node{kind: kind, name: name})
	}
}

// lose notes why the boundary id is not filled.
func (r *reader) lose(id string, err error) {
	if r.lost == nil {
		r.lost = make(map[string]bool)
	}
	r.lost[id] = true
	r.faults = append(r.faults, err)
}

// pending returns an error for each boundary of a whole page that still shows its
// fallback. A page that leads on needs none.
func (r *reader) pending() (faults []error) {
	if r.leads != "" {
		return nil
	}
	if r.depth > 0 {
		faults = append(faults, fmt.Errorf("%w: chunk %q does not end: its content leaves a comment, a tag or an element of text open", ErrNoMarker, r.chunk.id))
	}
	for _, stray := range r.scanner.Strays() {
		if !slices.ContainsFunc(r.chunks, func(c span) bool { return c.id == stray.ID }) {
			continue
		}
		faults = append(faults, fmt.Errorf("%w: the fallback of boundary %q stays, because the parser moves it, or a marker, out of <%s>", ErrNoMarker, stray.ID, stray.Parent))
	}
	inHead := r.scanner.InHead() // a Head whose content has not changed
	for id, fallback := range r.doc.unfilled() {
		if !r.lost[id] && !slices.Contains(inHead, id) {
			faults = append(faults, fmt.Errorf("%w: no chunk has come for boundary %q, which shows %q", ErrPending, id, short(fallback)))
		}
	}
	return faults
}

// parse returns the content of a chunk.
func parse(page []byte) *document {
	r := &reader{page: page, script: -1, scanner: *markup.Chunk(), open: "template"}
	r.doc.init()
	for start, end := range r.scanner.Tokens(page) {
		if start >= r.pos && !r.scanner.Cut() {
			r.token(start, end)
		}
	}
	r.keep(len(page))
	return &r.doc
}

// isTag reports whether tok is a tag with that name, or with that name behind "/".
func isTag(tok []byte, name string) bool {
	n := 1 + len(name)
	return len(tok) > n && bytes.EqualFold(tok[1:n], []byte(name)) && bytes.IndexByte([]byte(" \t\r\n\f/>"), tok[n]) >= 0
}

// isOurs reports whether an element is one of the scripts that Rivulet adds to a
// page.
func isOurs(tag, text []byte) bool {
	for _, s := range []assets.Script{assets.Unsuspense(), assets.Live(), assets.StartHTMX()} {
		if string(text) == s.Text || bytes.Contains(tag, []byte(s.Name)) {
			return true
		}
	}
	return false
}

// short cuts a text for a message.
func short(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
