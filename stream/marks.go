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
//
// Each boundary is looked at once: what becomes ready while views are rendered
// is a chunk, or what is to be sent would wait for one more again and again.
func (p *response) fillMarks(patient bool) {
	for len(p.marks) > 0 {
		if patient {
			p.yield()
		}
		for i := range p.marks {
			p.marks[i].look()
		}
		fillable := slices.ContainsFunc(p.marks, mark.fillable)
		if !fillable && patient && p.allArrived() {
			p.atMarks(func(mark) {})
			return
		}
		// A sequence leaves a marker behind what it has so far.
		sequence := slices.ContainsFunc(p.marks, func(m mark) bool { return m.b.pieces != nil })
		if (!fillable || sequence) && !p.findStuck() && !fillable {
			p.atMarks(func(m mark) { p.placeholder(m.b) })
			return
		}
		waited := false
		p.atMarks(func(m mark) {
			b := m.b
			if b.stuck {
				p.fillStuck(b)
				waited = true
				return
			}
			if !m.fillable() {
				m.offset = len(p.bytes)
				p.marks = append(p.marks, m)
				return
			}
			// Its error shows at the next write.
			if more, _ := p.fillInPlace(b); more {
				p.bytes = appendEnd(appendStart(p.bytes, b))
				p.awaitChunk(b)
			}
		})
		for i := range p.marks {
			p.marks[i].looked = p.marks[i].looked && !waited
		}
	}
}

// fillStuck appends all that b shows, however long that takes.
func (p *response) fillStuck(b *boundary) {
	// Their errors show at the next write.
	for more := true; more && p.await(b) == nil; {
		more, _ = p.fillInPlace(b)
	}
}

// atMarks writes p.bytes anew and calls put at each mark.
func (p *response) atMarks(put func(mark)) {
	src, marks := p.bytes, p.marks
	p.bytes, p.marks = getBytes(), nil
	pos := 0
	for _, m := range marks {
		p.bytes = append(p.bytes, src[pos:m.offset]...)
		pos = m.offset
		put(m)
	}
	p.bytes = append(p.bytes, src[pos:]...)
	putBytes(src)
	if !p.out.committed {
		_ = p.checkHeld() // which shows at the next write
	}
}

// fillMarksInOrder appends src to p.bytes and waits at each mark for the content
// that is to stand there. Pages in order wait in it.
func (p *response) fillMarksInOrder(src []byte, marks []mark) error {
	pos := 0
	for _, m := range marks {
		p.bytes = append(p.bytes, src[pos:m.offset]...)
		pos = m.offset
		for more := true; more; {
			err := p.awaitInOrder(m.b)
			if err != nil {
				return err
			}
			if more, err = p.fillInPlace(m.b); err != nil {
				return err
			}
		}
	}
	p.bytes = append(p.bytes, src[pos:]...)
	if p.mode == InOrder && !p.whole {
		return nil // and is sent in parts
	}
	return p.checkHeld()
}

// awaitInOrder waits for content of b. In order, what stands before it is sent
// meanwhile, or when it is much.
func (p *response) awaitInOrder(b *boundary) error {
	n := len(p.bytes)
	if p.mode == InOrder && !p.whole && n > 0 && (!b.ready() || n > p.part()) {
		p.yield() // what ends at this moment needs no flush before it
		if !b.ready() || n > p.part() {
			if err := p.write(true); err != nil {
				return err
			}
			p.bytes = getBytes()
		}
	}
	return p.await(b)
}

// placeholder writes the markers of b with its fallback between them.
func (p *response) placeholder(b *boundary) {
	p.awaitChunk(b)
	p.bytes = appendStart(p.bytes, b)
	if start := len(p.bytes); b.Fallback != nil {
		// A fallback that claimed the page's only copy of a style would take
		// it away at the reveal, so it has a templ state of its own.
		ctx := &placeContext{
			Context:  b.view.Context,
			values:   b.view.values,
			owner:    b,
			state:    &templState{origin: &p.origin},
			fallback: true,
		}
		// A notice that a full buffer had no room for would be lost, or go on
		// saying what is not true any more.
		p.lastResort = b.notice
		if err := p.render(ctx, fallbackFragment, b.Fallback); err != nil && p.err == nil {
			b.report(p.ctx, "", fmt.Errorf("fallback: %w", err))
		}
		p.lastResort = false
		p.lookAt(ofFallback, b, p.bytes[start:])
		if !b.notice { // which may be sent again
			b.Fallback = nil
		}
	}
	p.bytes = appendEnd(p.bytes)
}

// awaitChunk notes that the markers of b are among the bytes to be sent.
func (p *response) awaitChunk(b *boundary) {
	b.sent = true
	if b.notice {
		p.awaitEnd(b)
		return
	}
	p.pending++
}
