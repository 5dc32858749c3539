package stream

import (
	"fmt"
	"slices"
)

// assemble makes p.bytes of src, with what is to stand at its marks.
func (p *response) assemble(src []byte, marks []mark, patient bool) error {
	p.bytes = getBytes()
	if !p.outOfOrder() {
		return p.fillMarksInOrder(src, marks)
	}
	p.bytes, p.marks = append(p.bytes, src...), append(p.marks, marks...)
	p.fillMarks(patient)
	return nil
}

// fillMarks puts at each mark of p.bytes what is to stand there: the content of
// a boundary that is ready, or markers with the fallback. If patient, it lets
// loads that need no time end first, those of boundaries within others too.
func (p *response) fillMarks(patient bool) {
	for len(p.marks) > 0 {
		if patient {
			p.yield()
		}
		if !slices.ContainsFunc(p.marks, func(m mark) bool { return m.b.settled.Load() }) {
			p.atMarks(p.placeholder)
			return
		}
		p.atMarks(func(b *boundary) {
			if !b.settled.Load() {
				p.marks = append(p.marks, mark{len(p.bytes), b})
				return
			}
			_ = p.fillInPlace(b) // its error shows at the next write
		})
	}
}

// atMarks writes p.bytes anew and calls put at each mark.
func (p *response) atMarks(put func(*boundary)) {
	src, marks := p.bytes, p.marks
	p.bytes, p.marks = getBytes(), nil
	pos := 0
	for _, m := range marks {
		p.bytes = append(p.bytes, src[pos:m.offset]...)
		pos = m.offset
		put(m.b)
	}
	p.bytes = append(p.bytes, src[pos:]...)
	putBytes(src)
}

// fillMarksInOrder appends src to p.bytes and waits at each mark for the content
// that is to stand there. Pages in order wait in it.
func (p *response) fillMarksInOrder(src []byte, marks []mark) error {
	pos := 0
	for _, m := range marks {
		p.bytes = append(p.bytes, src[pos:m.offset]...)
		pos = m.offset
		if p.mode == InOrder && !p.whole && !m.b.settled.Load() && len(p.bytes) > 0 {
			p.yield() // what ends at this moment needs no flush before it
			if !m.b.settled.Load() {
				if err := p.write(true); err != nil {
					return err
				}
				p.bytes = getBytes()
			}
		}
		if err := p.await(m.b); err != nil {
			return err
		}
		if err := p.fillInPlace(m.b); err != nil {
			return err
		}
	}
	p.bytes = append(p.bytes, src[pos:]...)
	return nil
}

// placeholder writes the markers of b with its fallback between them.
func (p *response) placeholder(b *boundary) {
	b.sent = true
	p.pending++
	p.bytes = appendStart(p.bytes, b)
	if b.Fallback != nil {
		// A fallback that claimed the page's only copy of a style would take
		// it away at the reveal, so it has a templ state of its own.
		ctx := &placeContext{
			Context:  b.view.Context,
			values:   b.view.values,
			owner:    b,
			state:    &templState{nonce: p.nonce},
			fallback: true,
		}
		if err := p.render(ctx, fallbackFragment, b.Fallback); err != nil {
			b.report(p.ctx, "", fmt.Errorf("fallback: %w", err))
		}
	}
	p.bytes = appendEnd(p.bytes)
}
