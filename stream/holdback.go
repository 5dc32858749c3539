package stream

import (
	"context"
	"slices"
)

// The first byte of a page waits for its critical boundaries, since their errors can
// still decide the status. Before it leaves, a ready boundary whose error decides is
// looked for as well, wherever it stands.

// holdBack waits until no boundary holds the first byte back any more, or until one with
// markers or at one of p.holes has failed with an error that decides. It reports whether
// the boundaries at p.holes may have become ready since p.reveal last chose.
func (p *response) holdBack() (held bool) {
	for !p.out.committed && p.loads.holdsBack() {
		held = true
		if p.decideMarked() || p.anyDecides(p.holes) || p.wait() != nil { // the next write returns the error
			break
		}
		settle()
	}
	return held
}

// holdBackAhead is holdBack for a page in order. Boundaries that may decide the page
// are rendered ahead, and so is what arrives while the response waits for them.
func (p *response) holdBackAhead() error {
	if p.out.committed || !p.inParts() {
		return nil
	}
	p.loads.yield()
	if !p.loads.mayDecide() {
		return p.judge()
	}
	for {
		if err := p.renderDeciders(); err != nil || !p.loads.holdsBack() {
			return err
		}
		if err := p.wait(); err != nil {
			return err
		}
		p.loads.yield()
		p.renderArrived()
	}
}

// renderDeciders renders ahead what may decide the page, until none of it is ready. It
// returns the error that ends the page.
func (p *response) renderDeciders() error {
	for {
		group := p.aheads.deciders() // some become ready while others are rendered
		p.renderAhead(group)
		if err := p.judge(); err != nil || len(group) == 0 {
			return err
		}
	}
}

// deciders returns the boundaries of the turns and of a flush that may decide the page,
// are ready, and were not rendered, in document order. Of a sequence whose first pieces
// were rendered, only its end may decide: the first byte does not wait for other pieces.
func (a *aheads) deciders() (all []*boundary) {
	var walk func(holes []hole)
	walk = func(holes []hole) {
		for _, h := range holes {
			b := h.b
			if b.hasAhead() {
				for c := b.due.ahead; c != nil; c = c.next {
					walk(c.holes)
				}
			}
			if b.canBeAhead() && (b.decides() || !b.hasAhead() && h.mayDecide()) {
				all = append(all, b)
			}
		}
	}
	for t := a.turn; t != nil; t = t.up {
		walk([]hole{{b: t.now}})
		walk(t.rest)
	}
	if a.flushed != nil {
		walk(a.flushed.holes)
	}
	return all
}

// holdsFlush reports whether a flush of f sends nothing, because a boundary holds the
// first byte back, or has decided the page. In order, boundaries in f that are ready
// are rendered ahead first, since one of them may do so.
func (p *response) holdsFlush(f *fragment) bool {
	if p.mode == InOrder {
		for _, h := range f.holes {
			p.aheads.place(h.b, nil, nil)
		}
		_ = p.renderDeciders() // judge returns its error below
	}
	return p.loads.holdsBack() || p.judge() != nil
}

// chooseDeciders is reveal.chooseDeciders for p.holes, before the first byte.
func (p *response) chooseDeciders() (found bool) {
	return !p.out.committed && p.loads.mayDecide() && p.reveal.chooseDeciders(p.holes)
}

// mayStillDecide reports whether the first byte of a page in order waits for a boundary,
// or one that may decide the page is to be rendered ahead.
func (p *response) mayStillDecide() bool {
	return p.loads.holdsBack() || p.loads.mayDecide() && len(p.aheads.deciders()) > 0
}

// mayDecide reports whether the boundary at h is ready and may decide the page.
func (h hole) mayDecide() bool { return h.b.critical && h.b.ready() || h.decides() }

// decides reports whether the boundary at h has failed with an error that decides.
func (h hole) decides() bool { return h.b.decides() }

// decides reports whether b has failed with an error that decides.
func (b *boundary) decides() bool { return b.load.settled.Load() && decides(b.err) != nil }

// anyDecides reports whether the boundary at one of holes has failed with an error
// that decides. It is called each time that a load ends, so it looks at holes only if
// some load has failed with such an error.
func (p *response) anyDecides(holes []hole) bool {
	return p.loads.deciding.Load() && slices.ContainsFunc(holes, hole.decides)
}

// decideMarked decides the page if a boundary has failed with an error that decides, and
// its markers are to leave with the first byte: a sequence behind its first pieces, or a
// boundary that was not ready when its fallback was rendered. It reports whether there is
// one.
func (p *response) decideMarked() (found bool) {
	if p.out.committed || !p.loads.deciding.Load() {
		return false
	}
	all := p.loads.markedDeciders()
	for _, b := range all {
		p.decide(b, b.err)
	}
	return len(all) > 0
}

// markedDeciders returns the boundaries with markers that have arrived with an error that
// decides.
func (l *loads) markedDeciders() (all []*boundary) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for b := range l.arrived.all() {
		if b.marked && b.decides() {
			all = append(all, b)
		}
	}
	return all
}

// release records that the first byte does not wait for b any more. mu is held.
func (l *loads) release(b *boundary) {
	if b.load.holding {
		b.load.holding = false
		l.holding--
	}
}

// releaseCanceled releases the boundaries whose surroundings have failed. mu is
// held.
func (l *loads) releaseCanceled() {
	if l.holding == 0 {
		return
	}
	for b := range l.unsettled.all() {
		if b.load.scope.Err() == context.Canceled {
			l.release(b)
		}
	}
	l.signal()
}

// holdsBack reports whether the first byte waits for a boundary.
func (l *loads) holdsBack() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.holding > 0
}

// mayDecide reports whether a boundary may decide the page before its first byte: a
// critical one, or one that has failed with an error that decides.
func (l *loads) mayDecide() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.metCritical || l.deciding.Load()
}

// leave records that the first byte leaves.
func (l *loads) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left = true
}
