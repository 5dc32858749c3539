package stream

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	writers "github.com/rivulet-go/rivulet/internal/transport"
	"github.com/rivulet-go/rivulet/stream/internal/markup"
)

// The functions of this file send an answer in the mode Multipart. The form is that of
// https://www.rfc-editor.org/rfc/rfc2046.html#section-5.1. The reader is the extension
// hx-multipart of htmx 4, https://four.htmx.org/extensions/hx-multipart. It shows a part
// at once if the part has a Content-Length, otherwise when the next part begins. It may
// insert parts of multipart/parallel in any order. A part may replace an element of an
// earlier part, so the type is multipart/mixed.

// mixed is the media type of an answer in parts.
const mixed = "multipart/mixed"

// acceptsParts reports whether a request with the headers h accepts mixed.
func acceptsParts(h http.Header) bool { return strings.Contains(first(h["Accept"]), mixed) }

// checkParts changes the mode to Complete if the page cannot be sent in parts: htmx looks
// at the status of an answer only after its last part, and a part of another media type
// is not HTML.
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
		p.mode = Complete
	}
}

// partsType returns the Content-Type of an answer in parts.
func (p *response) partsType() string { return mixed + "; boundary=" + p.delimiter() }

// delimiter returns the boundary of RFC 2046, which stands between the parts.
func (p *response) delimiter() string { return strings.TrimSuffix(p.idPrefix(), "-") }

// sendFirstPart sends p.bytes, the fragment with its fallbacks. htmx puts it where the
// request says.
func (p *response) sendFirstPart() error {
	parts := p.appendPart(getBytes(), "", p.bytes)
	putBytes(p.bytes)
	return p.writeParts(parts)
}

// sendParts sends parts with the content of pending boundaries that are ready.
func (p *response) sendParts() error {
	parts, turn := getBytes(), p.written()
	for b := range p.reveal.chunks(p.loads.take()) {
		turn = p.giveWay(turn)
		parts = p.part(parts, b)
		if p.bytes = parts; p.isPart() && p.reveal.pending > 0 {
			if err := p.writeParts(parts); err != nil {
				return err
			}
			parts = getBytes()
		}
	}
	if len(parts) == 0 {
		putBytes(parts)
		p.bytes = nil
		return nil
	}
	return p.writeParts(parts)
}

// writeParts sends parts. When nothing is pending any more, it also sends the end of
// the answer.
func (p *response) writeParts(parts []byte) error {
	p.bytes = p.renewNoticeParts(parts)
	if p.reveal.pending == 0 {
		return p.sendPartsEnd()
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
	parts = p.appendPartFor(parts, b, p.bytes)
	putBytes(p.bytes)
	p.bytes = nil
	p.noteSent(b, len(parts)-start, false)
	return parts
}

// renewNoticeParts appends parts with the notices to parts. If nothing is pending, the
// notices are replaced by nothing, and if the deadline that they show has moved, by new
// ones.
func (p *response) renewNoticeParts(parts []byte) []byte {
	if p.reveal.pending == 0 {
		for _, b := range p.reveal.takeNotices() {
			parts = p.appendPartFor(parts, b, nil)
		}
		return parts
	}
	for _, b := range p.takeOutdated() {
		p.bytes = getBytes()
		f := p.renderFallback(b)
		if end, ok := markup.Chunk().Single(f.html); ok {
			f.end = end
			p.placeFallback(b)
		}
		parts = p.appendPartFor(parts, b, p.bytes)
		putBytes(p.bytes)
		p.bytes = nil
	}
	return parts
}

// appendPartFor appends a part whose html replaces the fallback of b. swapEmpty replaces
// it by nothing as well. show keeps a boosted link from scrolling. hx-select is for the
// first part.
func (p *response) appendPartFor(dst []byte, b *boundary, html []byte) []byte {
	return p.appendPart(dst, "HX-Target: ["+partAttribute+"=\""+string(b.appendID(nil))+"\"]\r\n"+
		"HX-Swap: outerHTML swapEmpty:true show:none\r\n"+
		"HX-Select:\r\n", html)
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
