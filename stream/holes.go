package stream

import (
	"fmt"
	"io"
	"slices"
)

// fillHoles fills the holes of p.bytes, and those of the content that it adds, as
// p.reveal decides. Unless flush is true, it first gives loads the time of a look.
func (p *response) fillHoles(flush bool) {
	for len(p.holes) > 0 {
		if p.holdBack() {
			p.reveal.chooseAgain(p.holes)
		}
		if !flush {
			p.look()
		}
		p.chooseDeciders() // they may have become ready while pieces were rendered
		more := p.reveal.choose(p.holes, flush)
		if more && !slices.ContainsFunc(p.holes, hole.goesOn) {
			if p.fillReady(flush); len(p.holes) == 0 {
				break
			}
			if !p.out.committed && p.judge() == nil && (p.loads.holdsBack() || p.chooseDeciders()) {
				continue
			}
			more = p.reveal.choose(p.holes, flush)
		}
		// A sequence that goes on needs markers behind its pieces.
		if !more || slices.ContainsFunc(p.holes, hole.goesOn) {
			more = p.stuckHoles() || more
		}
		waited := false
		p.atHoles(func(h hole) {
			switch {
			case h.choice == stuck:
				_ = p.fillWhole(h.b) // the next write returns its error
				waited = true
			case h.choice == content:
				p.fillSoFar(h.b)
			case more:
				h.offset = len(p.bytes)
				p.holes = append(p.holes, h)
			default:
				p.placeholder(h.b)
			}
		})
		if waited {
			p.reveal.chooseAgain(p.holes)
		}
	}
}

// stuckHoles marks those of p.holes as stuck whose content cannot come later. It
// reports whether there are any.
func (p *response) stuckHoles() (found bool) {
	if p.mode == Multipart {
		return p.stickUnfit()
	}
	return p.check.stuckHoles()
}

// atHoles copies p.bytes into a new buffer. At each hole it calls put, which
// appends to the new p.bytes.
func (p *response) atHoles(put func(hole)) {
	src, holes := p.bytes, p.holes
	p.bytes, p.holes = getBytes(), nil
	pos := 0
	for _, h := range holes {
		p.bytes = append(p.bytes, src[pos:h.offset]...)
		pos = h.offset
		put(h)
	}
	p.bytes = append(p.bytes, src[pos:]...)
	putBytes(src)
	p.checkUncommitted()
}

// checkUncommitted ends a response that holds too much, if nothing was sent yet.
func (p *response) checkUncommitted() {
	if !p.out.committed {
		_ = p.checkHeld() // the next write returns its error
	}
}

// fillInOrder appends src to p.bytes. At each hole it waits for the content of the
// boundary and appends that. A page in order spends most of its time here.
func (p *response) fillInOrder(src []byte, holes []hole) error {
	p.takeSetters(holes)
	t := p.aheads.begin(src, holes)
	defer p.aheads.end(t)
	for i, h := range holes {
		t.now, t.rest = h.b, holes[i+1:]
		p.bytes = append(p.bytes, t.upTo(h.offset)...)
		if err := p.fillWhole(h.b); err != nil {
			return err
		}
	}
	p.bytes = append(p.bytes, t.src...)
	if p.inParts() {
		return nil // the page is sent in parts
	}
	return p.checkHeld()
}

// fillWhole appends all content of b. It waits until the content is complete.
func (p *response) fillWhole(b *boundary) error {
	if p.fillLater(b) {
		return nil
	}
	start := len(p.bytes)
	for more := true; more; {
		err := p.awaitInOrder(b)
		if err != nil {
			return err
		}
		if p.bytes == nil {
			p.bytes = getBytes()
		}
		if more, err = p.fillInPlace(b); err != nil {
			return err
		}
	}
	if b.target == inTarget {
		p.noteTarget(b, start)
	}
	return nil
}

// awaitInOrder waits for content of b. In the mode InOrder, it first sends what stands
// before b.
func (p *response) awaitInOrder(b *boundary) error {
	if p.inParts() && (!b.ready() || p.isPart()) {
		if err := p.sendBefore(b); err != nil {
			return err
		}
		p.aheads.shed()
	}
	return p.awaitAhead(b)
}

// sendBefore sends p.bytes, which stand before b, if b is not ready, or if they are a
// part. Afterwards they are not held, since the response will wait.
func (p *response) sendBefore(b *boundary) error {
	if err := p.holdBackAhead(); err != nil {
		return err
	}
	p.loads.yield() // loads that end at this moment need no flush before them
	ready := b.ready()
	if len(p.bytes) > 0 && (!ready || p.isPart()) {
		if err := p.settleHeads(); err != nil {
			return err
		}
		return p.write(true)
	}
	if !ready {
		putBytes(p.bytes)
		p.bytes = nil
	}
	return nil
}

// settleHeads renders what slots in p.bytes may show. Meanwhile critical boundaries may
// be met, and boundaries that decide the page may become ready.
func (p *response) settleHeads() error {
	p.readyHeads()
	for !p.out.committed && p.mayStillDecide() {
		if err := p.holdBackAhead(); err != nil {
			return err
		}
		p.readyHeads()
	}
	return nil
}

// fillSoFar appends the content of b that is ready. Behind a sequence that has not
// ended it appends markers.
func (p *response) fillSoFar(b *boundary) {
	// The next write returns its error.
	more, _ := p.fillInPlace(b)
	switch {
	case !more:
		return
	case p.mode == Multipart:
		p.bytes = appendTarget(p.bytes, b)
	default:
		p.bytes = appendEnd(appendStart(p.bytes, b))
	}
	p.reveal.placed(b)
}

// fillInPlace appends the content of b in place. It reports whether more will
// come.
func (p *response) fillInPlace(b *boundary) (more bool, err error) {
	start, content := p.written(), len(p.bytes)
	more, err = p.fill(b)
	// In order, a part of the content may have been sent.
	if err == nil && p.written()-start == len(p.bytes)-content {
		p.check.content(b, p.bytes[content:])
	}
	p.noteSent(b, p.written()-start, true)
	return more, err
}

// fillInto waits for b and writes its content to w, a writer that is not Rivulet's.
// It is called while another view is rendered, and sets the draft of that view
// aside.
func (p *response) fillInto(w io.Writer, b *boundary) error {
	around := p.draft
	defer func() { p.draft = around }()
	p.draft = draft{whole: true}
	for more := true; more; {
		err := p.await(b)
		if err != nil {
			return err
		}
		if more, err = p.fill(b); err != nil {
			return err
		}
	}
	p.noteSent(b, len(p.bytes), true)
	p.noteTarget(b, 0)
	_, err := w.Write(p.bytes)
	return err
}

// placeholder appends the markers of b with its fallback between them.
func (p *response) placeholder(b *boundary) {
	switch {
	case b.isSlot():
		p.placeHead(b)
		return
	case p.mode == Multipart:
		p.placeFallback(b)
		return
	}
	if b.kind == notice {
		p.reveal.notified(b, p.lastDeadline())
	} else {
		p.reveal.placed(b)
	}
	p.bytes = appendStart(p.bytes, b)
	if b.kind == notice {
		p.bytes = append(p.bytes, `<?notice>`...) // so that nobody waits for it
	}
	if start := len(p.bytes); b.Fallback != nil {
		// A notice is rendered whatever the budget. Otherwise it would be missing,
		// or show an old deadline.
		p.lastResort = b.kind == notice
		if err := p.render(b, fallbackFragment, b.Fallback); err != nil && p.err == nil {
			b.report(p.ctx, "", fmt.Errorf("fallback: %w", err))
		}
		p.lastResort = false
		p.fallbacks.reset()
		p.check.ending(ofFallback, b, p.bytes[start:])
		if b.kind != notice { // a notice may be sent again
			b.Fallback = nil
		}
	}
	p.bytes = appendEnd(p.bytes)
}
