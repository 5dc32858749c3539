package stream

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	writers "github.com/rivulet-go/rivulet/internal/transport"
	"github.com/rivulet-go/rivulet/stream/internal/markup"
)

// The functions of this file send an answer in the mode Multipart. It is for the
// extension hx-multipart of htmx 4, https://four.htmx.org/extensions/hx-multipart, and
// follows https://www.rfc-editor.org/rfc/rfc2046.html#section-5.1. hx-multipart shows
// a part at once if it has a Content-Length, otherwise when the next part begins. It
// reads parts of multipart/parallel without waiting until those before have been
// inserted. A part may belong into one before it, so the type is multipart/mixed.

// mixed is the media type of an answer in parts.
const mixed = "multipart/mixed"

// acceptsParts reports whether a request with the headers h accepts mixed.
func acceptsParts(h http.Header) bool { return strings.Contains(first(h["Accept"]), mixed) }

// isComplete reports whether the page is sent whole.
func (p *response) isComplete() bool { return p.mode == Complete || p.partless }

// checkParts has the page sent whole if it cannot be sent in parts: htmx looks at the
// status of an answer behind its last part, and other media types are not HTML.
func (p *response) checkParts() {
	if p.mode != Multipart {
		return
	}
	p.header.mu.Lock()
	defer p.header.mu.Unlock()
	known, sent := writers.Status(p.out.w)
	status := cmp.Or(int(p.page.held.Load()), known, http.StatusOK)
	html := strings.HasPrefix(strings.ToLower(cmp.Or(p.out.w.Header().Get("Content-Type"), "text/html")), "text/html")
	if sent || status != http.StatusOK || !html {
		p.partless = true
	}
}

// partsType returns the Content-Type of an answer in parts.
func (p *response) partsType() string { return mixed + "; boundary=" + p.delimiter() }

// delimiter returns what stands between the parts.
func (p *response) delimiter() string { return strings.TrimSuffix(p.idPrefix(), "-") }

// sendFirstPart sends p.bytes, the fragment with its fallbacks. htmx puts it where the
// request says.
func (p *response) sendFirstPart() error {
	html := p.bytes
	p.bytes = p.appendPart(getBytes(), "", html)
	putBytes(html)
	return p.write(true)
}

// sendParts sends parts with the content of pending boundaries that are ready. When
// nothing is pending any more, it also sends the end of the answer.
func (p *response) sendParts() error {
	parts := getBytes()
	for b := range p.reveal.chunks(p.loads.take()) {
		parts = p.part(parts, b)
		if p.bytes = parts; p.isPart() && p.reveal.pending > 0 {
			if err := p.write(true); err != nil {
				return err
			}
			parts = getBytes()
		}
	}
	p.bytes = parts
	switch {
	case p.reveal.pending == 0:
		return p.sendPartsEnd()
	case len(parts) == 0:
		putBytes(parts)
		p.bytes = nil
		return nil
	}
	return p.write(true)
}

// part appends a part with the content of b to parts, which are not sent yet.
func (p *response) part(parts []byte, b *boundary) []byte {
	start := len(parts)
	p.budget.held.Add(int64(start))
	defer p.budget.held.Add(-int64(start))
	p.bytes = getBytes()
	more, _ := p.fill(b) // the next write returns the error
	if more {
		p.bytes = appendTarget(p.bytes, b)
	} else {
		p.reveal.shown()
	}
	p.fillHoles(false)
	// swapEmpty replaces the fallback by nothing as well. show keeps a boosted link from
	// scrolling. hx-select is for the first part.
	fields := "HX-Target: [" + partAttribute + "=\"" + string(b.appendID(nil)) + "\"]\r\n" +
		"HX-Swap: outerHTML swapEmpty:true show:none\r\n" +
		"HX-Select:\r\n"
	parts = p.appendPart(parts, fields, p.bytes)
	putBytes(p.bytes)
	p.bytes = nil
	p.noteSent(b, len(parts)-start, false)
	return parts
}

// sendPartsEnd sends p.bytes and the end of an answer in which nothing is pending.
func (p *response) sendPartsEnd() error {
	p.bytes = append(p.bytes, "--"+p.delimiter()+"--\r\n"...)
	return p.writeLast()
}

// sendRedirect ends an answer that has begun with a part that leads to target.
func (p *response) sendRedirect(target string) error {
	p.bytes = p.appendPart(getBytes(), "HX-Redirect: "+target+"\r\n", nil)
	return p.sendPartsEnd()
}

// appendPart appends a part with the fields, which end with a line break, and html.
func (p *response) appendPart(dst []byte, fields string, html []byte) []byte {
	dst = append(dst, "--"+p.delimiter()+"\r\nContent-Type: text/html; charset=utf-8\r\n"+fields+"Content-Length: "...)
	dst = strconv.AppendInt(dst, int64(len(html)), 10)
	dst = append(dst, "\r\n\r\n"...)
	dst = append(dst, html...)
	return append(dst, "\r\n"...)
}

// partAttribute is the attribute by which htmx finds what a part replaces. It comes
// first in the tag, so an attribute of that name in a fallback has no effect.
const partAttribute = "data-rv-part"

// appendPartAttribute appends the attribute with the id of b.
func appendPartAttribute(dst []byte, b *boundary) []byte {
	dst = b.appendID(append(dst, ` `+partAttribute+`="`...))
	return append(dst, '"')
}

// appendTarget appends an element that shows nothing and that a part replaces. A
// template may stand in tables and in a select, too.
func appendTarget(dst []byte, b *boundary) []byte {
	return append(appendPartAttribute(append(dst, `<template`...), b), `></template>`...)
}

// A readyFallback is a fallback that was rendered, since what it is decides whether a
// part can replace it.
type readyFallback struct {
	html []byte
	end  int // where the name in the start tag of its element ends
}

// emptyFallback is a fallback that shows nothing.
var emptyFallback = readyFallback{[]byte(`<template></template>`), len(`<template`)}

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
	if start := len(p.bytes); b.Fallback != nil {
		if err := p.render(b, fallbackFragment, b.Fallback); err != nil && p.err == nil {
			b.report(p.ctx, "", fmt.Errorf("fallback: %w", err))
		}
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
	p.reveal.placed(b)
	f := p.renderFallback(b)
	b.Fallback = nil
	p.bytes = append(p.bytes, f.html[:f.end]...)
	p.bytes = appendPartAttribute(p.bytes, b)
	p.bytes = append(p.bytes, f.html[f.end:]...)
}

// movedByHTMX reports whether htmx takes the element html, whose name ends at end, for
// a command, so that it is not where it stands in the fragment.
func movedByHTMX(html []byte, end int) bool {
	name := string(bytes.ToLower(html[bytes.LastIndexByte(html[:end], '<')+1 : end]))
	return name == "title" || strings.HasPrefix(name, "hx-") ||
		bytes.Contains(html, []byte("hx-swap-oob")) || bytes.Contains(html, []byte("hx-preserve"))
}

// stickUnfit marks those of p.holes as stuck whose content cannot come as a part. It
// reports whether there are any.
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
		if within != "" {
			p.check.fault("stream: a boundary waits in place, because no part works there", h.b.Name, slog.String("within", within))
			return
		}
		p.check.fault("stream: a boundary holds back an answer in parts, because its fallback is not one whole element that can stand there: "+
			"make it one, such as a span, a tr or an option", h.b.Name, slog.String("boundary", h.b.info().ID))
	})
	return found
}
