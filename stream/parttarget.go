package stream

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream/internal/markup"
)

// In the mode Multipart, each part but the first replaces one element: its target. It
// is a fallback or, behind a sequence that goes on, an empty template.

// partAttribute is the attribute by which htmx finds what a part replaces. It comes
// first in the tag, so an attribute of that name in a fallback has no effect.
const partAttribute = "data-rv-part"

// appendPartAttribute appends the attribute with the id of b.
func appendPartAttribute(dst []byte, b *boundary) []byte {
	dst = b.appendID(append(dst, ` `+partAttribute+`="`...))
	return append(dst, '"')
}

// appendTarget appends an element that shows nothing and that a part replaces. It is a
// template, which may also stand in a table and in a select.
func appendTarget(dst []byte, b *boundary) []byte {
	return append(appendPartAttribute(append(dst, `<template`...), b), `></template>`...)
}

// A readyFallback is a fallback that was rendered early, because its HTML decides
// whether a part can replace it.
type readyFallback struct {
	html []byte
	end  int             // where the name in the start tag of its element ends
	of   templ.Component // what it was made from; nil if it is not needed again
	told time.Time       // the deadline that a notice shows
}

// emptyFallback is a fallback that shows nothing.
var emptyFallback = readyFallback{html: []byte(`<template></template>`), end: len(`<template`)}

// Render writes the fallback as it is.
func (f *readyFallback) Render(_ context.Context, w io.Writer) error {
	_, err := w.Write(f.html)
	return err
}

// renderFallback renders the fallback of b, unless it was rendered.
func (p *response) renderFallback(b *boundary) *readyFallback {
	if f, ok := b.Fallback.(*readyFallback); ok {
		return f
	}
	f := emptyFallback
	if b.kind == notice { // it may be sent again
		f.of, f.told = b.Fallback, p.lastDeadline()
	}
	if start := len(p.bytes); b.Fallback != nil {
		p.lastResort = b.kind == notice
		if err := p.render(b, fallbackFragment, b.Fallback); err != nil && p.err == nil {
			b.report(p.ctx, "", fmt.Errorf("fallback: %w", err))
		}
		p.lastResort = false
		p.fallbacks.reset()
		if html := p.bytes[start:]; len(bytes.TrimSpace(html)) > 0 {
			f.html = bytes.Clone(html)
		}
		p.bytes = p.bytes[:start]
	}
	b.Fallback = &f
	return &f
}

// placeFallback appends the fallback of b, which a part will replace.
func (p *response) placeFallback(b *boundary) {
	f := p.renderFallback(b)
	if b.kind == notice {
		p.reveal.notified(b, f.told)
	} else {
		p.reveal.placed(b)
	}
	b.Fallback = f.of
	p.bytes = append(p.bytes, f.html[:f.end]...)
	p.bytes = appendPartAttribute(p.bytes, b)
	p.bytes = append(p.bytes, f.html[f.end:]...)
}

// movedByHTMX reports whether htmx treats the element html, whose name ends at end, as
// a command and takes it out of the fragment.
func movedByHTMX(html []byte, end int) bool {
	name := string(bytes.ToLower(html[bytes.LastIndexByte(html[:end], '<')+1 : end]))
	return name == "title" || strings.HasPrefix(name, "hx-") ||
		bytes.Contains(html, []byte("hx-swap-oob")) || bytes.Contains(html, []byte("hx-preserve"))
}

// stickUnfit marks the holes whose content cannot come as a part as stuck. It reports
// whether there are any.
func (p *response) stickUnfit() (found bool) {
	offsets, fallbacks := make([]int, len(p.holes)), make([]*readyFallback, len(p.holes))
	for i, h := range p.holes {
		offsets[i] = h.offset
		if h.goesOn() {
			fallbacks[i] = &readyFallback{html: emptyFallback.html}
		} else if h.choice == markers && !h.b.isSlot() {
			fallbacks[i] = p.renderFallback(h.b)
		}
	}
	s := markup.Chunk()
	s.Read(p.bytes, offsets, func(i int, within string) {
		f := fallbacks[i]
		if f == nil {
			return
		}
		end, ok := s.Single(f.html)
		if f.end = end; ok && within == "" && !movedByHTMX(f.html, end) {
			return
		}
		found = true
		h := &p.holes[i]
		p.reveal.stick(h)
		if h.b.kind == notice { // what is stuck shows its content, which is empty
			p.check.fault("stream: a notice shows nothing in an answer in parts, because it is not one whole element that can stand there", "",
				slog.String("boundary", h.b.info().ID))
			return
		}
		if within != "" {
			p.check.fault("stream: a boundary waits in place, because no part works there", h.b.Name, slog.String("within", within))
			return
		}
		p.check.fault("stream: a boundary holds back an answer in parts, because its fallback is not one whole element that can stand there: "+
			"make it one, such as a span, a tr or an option", h.b.Name, slog.String("boundary", h.b.info().ID))
	})
	return found
}
