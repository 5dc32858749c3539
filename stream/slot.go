package stream

import (
	"bytes"
	"log/slog"
	"slices"
	"strings"
)

// A Head and a SetHead are boundaries without a load: a slot and a setter. A setter
// is filled like a boundary whose content is ready and empty. That sets the value
// of its name, so the setters of a view that fails set nothing. Slots are filled
// last.

// heads describes the Heads of a page. It belongs to the goroutine of the response.
type heads struct {
	byName map[string]*headValue
	stale  []*headValue // shown by slots that have to be sent again
	late   []hole       // the slots in p.bytes of a page that is not sent out of order
}

// A headValue is what the slots of one name show.
type headValue struct {
	by      *boundary  // the setter that counts; nil means that the slots show their own content
	html    headHTML   // of by
	version int        // number of changes of html
	met     bool       // there is a slot
	slots   []sentSlot // those with markers
	stale   bool       // it is in heads.stale
}

// A sentSlot is a slot whose markers were sent, or are among the bytes to be sent.
type sentSlot struct {
	b       *boundary
	version int // of the value that it shows
}

// isSlot reports whether b belongs to a Head.
func (b *boundary) isSlot() bool { return b.kind == headSlot || b.kind == headText }

// head returns what slots with that name show.
func (p *response) head(name string) *headValue {
	if p.heads == nil {
		p.heads = &heads{byName: make(map[string]*headValue)}
	}
	v := p.heads.byName[name]
	if v == nil {
		v = new(headValue)
		p.heads.byName[name] = v
	}
	return v
}

// fillHead fills the hole of b, a slot or a setter.
func (p *response) fillHead(b *boundary) {
	b.filled = true
	if b.kind == headSetter {
		p.setHead(b)
	} else {
		p.showHead(b)
	}
}

// setHead sets the value of b, a setter. Only its first call has an effect.
func (p *response) setHead(b *boundary) {
	html, ok := b.content.(headHTML)
	if !ok {
		return
	}
	b.content = nil
	p.check.content(b, html)
	v := p.head(b.Name)
	if v.by != nil && b.before(v.by) {
		return
	}
	same := v.by != nil && bytes.Equal(v.html, html)
	v.by = b
	if same {
		return
	}
	p.budget.held.Add(int64(len(html) - len(v.html)))
	v.html = html
	v.version++
	if len(v.slots) > 0 && !v.stale {
		v.stale, p.reveal.stale = true, true
		p.heads.stale = append(p.heads.stale, v)
	}
}

// takeSetters sets the values of the setters at holes, whose turn to be filled may
// come late.
func (p *response) takeSetters(holes []hole) {
	for _, h := range holes {
		if h.b.kind == headSetter {
			p.setHead(h.b)
		}
	}
}

// showHead appends what b, a slot, shows now.
func (p *response) showHead(b *boundary) {
	v := p.head(b.Name)
	v.met = true
	if v.by != nil {
		p.bytes = append(p.bytes, v.html...)
		return
	}
	if b.Fallback == nil {
		return
	}
	if err := p.render(b, fallbackFragment, b.Fallback); err != nil && p.err == nil {
		b.report(p.ctx, "", err)
	}
	p.fallbacks.reset()
}

// placeHead appends b, a slot, while something is pending: with markers, so that
// its value can change.
func (p *response) placeHead(b *boundary) {
	if b.kind == headText {
		p.showHead(b)
		return
	}
	p.bytes = appendStart(p.bytes, b)
	start := len(p.bytes)
	p.showHead(b)
	p.check.ending(ofFallback, b, p.bytes[start:])
	p.bytes = appendEnd(p.bytes)
	b.marked, b.Fallback = true, nil
	v := p.head(b.Name)
	v.slots = append(v.slots, sentSlot{b, v.version})
}

// renewHeads appends chunks for the slots that show an old value. If last is false,
// there are new markers in them, since the value may change again.
func (p *response) renewHeads(last bool) {
	if !p.reveal.stale {
		return
	}
	for _, v := range p.heads.stale {
		v.stale = false
		for i := range v.slots {
			s := &v.slots[i]
			if s.version == v.version {
				continue
			}
			s.version = v.version
			p.bytes = appendChunkStart(p.bytes, s.b)
			if last {
				p.bytes = append(p.bytes, v.html...)
			} else {
				p.bytes = appendEnd(append(appendStart(p.bytes, s.b), v.html...))
			}
			p.bytes = appendChunkEnd(p.bytes)
		}
	}
	p.heads.stale, p.reveal.stale = nil, false
}

// fillLater keeps the place of b, a slot in a page that is not sent out of order,
// until the bytes around it are sent. It returns false if b has to be filled now. In
// order it has to if there are no bytes before it, since they would not be sent.
func (p *response) fillLater(b *boundary) bool {
	if !b.isSlot() || p.mode.hasFallbacks() || p.whole || p.mode == InOrder && len(p.bytes) == 0 {
		return false
	}
	p.head(b.Name).met = true
	p.heads.late = append(p.heads.late, hole{offset: len(p.bytes), b: b})
	return true
}

// readyHeads renders ahead what is ready, if slots in p.bytes may show a value that
// is set there.
func (p *response) readyHeads() {
	if p.heads != nil && len(p.heads.late) > 0 {
		p.renderAhead(p.aheads.waiting())
		p.renderArrived()
	}
}

// fillLate fills the slots in p.bytes, which are sent next.
func (p *response) fillLate() error {
	if p.heads == nil || len(p.heads.late) == 0 {
		return nil
	}
	src, late := p.bytes, p.heads.late
	p.bytes, p.heads.late = slices.Grow(getBytes(), len(src)), nil
	pos := 0
	for _, h := range late {
		p.bytes = append(p.bytes, src[pos:h.offset]...)
		pos = h.offset
		p.showHead(h.b)
	}
	p.bytes = append(p.bytes, src[pos:]...)
	putBytes(src)
	if p.mode == Complete {
		return p.checkHeld()
	}
	return p.err
}

// endsInTitle reports whether html ends with the start of a title and some text.
func endsInTitle(html []byte) bool {
	const title = "<title"
	tag := html[bytes.LastIndexByte(html, '<')+1:]
	if len(tag) < len(title) || !bytes.EqualFold(tag[:len(title)-1], []byte(title[1:])) {
		return false
	}
	return (tag[len(title)-1] == '>' || tag[len(title)-1] == ' ') && bytes.IndexByte(tag, '>') > 0
}

// freezeHead records that no marker works at b, a slot. So its value does not
// change once it was sent.
func (p *response) freezeHead(b *boundary, within string) {
	b.kind = headText
	p.warnHead("stream: a Head does not change later, because no marker works there: put the whole element into it", b.Name, slog.String("within", within))
}

// nameHeads adds the names, by path, of the slots with markers.
func (p *response) nameHeads(names map[string]string) {
	if p.heads == nil {
		return
	}
	for name, v := range p.heads.byName {
		for _, s := range v.slots {
			names[string(s.b.appendPath(nil))] = name
		}
	}
}

// areSlots reports whether ids, from markers, all belong to slots.
func (p *response) areSlots(ids []string) bool {
	names := make(map[string]string)
	p.nameHeads(names)
	for _, id := range ids {
		if _, ok := names[strings.TrimPrefix(id, p.idPrefix())]; !ok {
			return false
		}
	}
	return true
}

// checkHeads logs which setters had no slot. A fragment that a script has requested
// needs none.
func (p *response) checkHeads() {
	if p.heads == nil {
		return
	}
	for name, v := range p.heads.byName {
		if !v.met && isNavigation(p.r) {
			p.warnHead("stream: SetHead has no effect, because the page has no Head of that name", name)
		}
	}
}
