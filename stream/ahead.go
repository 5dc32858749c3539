package stream

import (
	"slices"

	"github.com/rivulet-go/rivulet/stream/internal/templstate"
)

// In order, the response waits for one boundary while others become ready. It
// renders their content ahead of its turn, so that the boundaries within start to
// load.

// An ahead is the content of a boundary that was rendered before its turn. The
// response holds it until then.
type ahead struct {
	bytes  []byte
	holes  []hole
	claims *templstate.Claims // in the state that it was rendered with, afterwards
	more   bool               // the boundary is a sequence that has not ended
}

// aheads describes the content that a response has rendered ahead.
//
// An asset that templ emits once must stand before everything that uses it. So
// content that is rendered ahead relies on the claims of the page, and on the
// claims of other such content only if that stands before it. As a result, an
// asset may be emitted twice.
type aheads struct {
	rendering bool               // boundaries are not waited for, since their turn has not come
	turn      *turn              // the innermost one
	last      *boundary          // the last boundary, in document order, of the last group
	claims    *templstate.Claims // after that group was rendered
}

// A turn is the time in which the holes of one content are filled, in order.
type turn struct {
	rest   []hole // the holes that are not filled yet
	up     *turn  // of the content around it
	looked bool   // the boundaries at rest that were ready before they were due are rendered
}

// begin begins the turn of the content with holes.
func (a *aheads) begin(holes []hole) *turn {
	for _, h := range holes {
		h.b.due = true
	}
	a.turn = &turn{rest: holes, up: a.turn}
	return a.turn
}

// end ends t, which is the innermost turn.
func (a *aheads) end(t *turn) { a.turn = t.up }

// waiting returns the boundaries that may have been ready, and have arrived, before
// they were due. It returns each of them once, in document order.
func (a *aheads) waiting() (all []*boundary) {
	for t := a.turn; t != nil && !t.looked; t = t.up {
		t.looked = true
		for _, h := range t.rest {
			all = append(all, h.b)
		}
	}
	return all
}

// awaitAhead waits for b. In order, it also renders other boundaries that become
// ready meanwhile.
//
// In the middle of a view it only waits. Out of order, what arrives is sent as a
// chunk. In order, content that relied on the claims of the view would have no
// asset if the view failed.
func (p *response) awaitAhead(b *boundary) error {
	if b.ready() || p.mode == OutOfOrder || p.whole {
		return p.await(b)
	}
	p.loads.yield() // loads that end at the same moment are one group
	if b.ready() {
		return nil
	}
	p.renderAhead(p.aheads.waiting())
	for !b.ready() {
		if p.renderArrived() {
			continue
		}
		if err := p.wait(); err != nil {
			return err
		}
		p.loads.yield()
	}
	return nil
}

// renderArrived renders the boundaries that have arrived since the last call. It
// reports whether there are any.
func (p *response) renderArrived() bool {
	arrived := p.loads.take()
	sortBoundaries(arrived)
	p.renderAhead(arrived)
	return len(arrived) > 0
}

// renderAhead renders the boundaries of group, which is in document order, that
// can be rendered ahead. Once the response holds a quarter of its budget, the
// others are rendered in their turn.
func (p *response) renderAhead(group []*boundary) {
	group = slices.DeleteFunc(group, func(b *boundary) bool { return !b.canBeAhead() })
	if len(group) == 0 {
		return
	}
	var claims *templstate.Claims
	if p.aheads.last != nil && p.aheads.last.before(group[0]) {
		claims = p.aheads.claims
	}
	bytes, holes, rendering := p.bytes, p.holes, p.aheads.rendering
	p.budget.held.Add(int64(len(bytes)))
	p.aheads.rendering = true
	for _, b := range group {
		claims = p.fillAhead(b, claims)
	}
	p.aheads.last, p.aheads.claims = group[len(group)-1], claims
	p.budget.held.Add(-int64(len(bytes)))
	p.bytes, p.holes, p.aheads.rendering = bytes, holes, rendering
}

// canBeAhead reports whether b is ready and its turn has not come.
func (b *boundary) canBeAhead() bool { return b.due && !b.filled && b.ready() }

// fillAhead renders the content of b that is ready, and the content of the
// boundaries within that are ready. It returns claims with its own added.
func (p *response) fillAhead(b *boundary, claims *templstate.Claims) *templstate.Claims {
	if p.budget.held.Load() > p.budget.limit/4 {
		return claims
	}
	a := b.ahead
	if a == nil {
		a = new(ahead)
	}
	p.bytes, p.holes, b.ahead = getBytes(), nil, nil
	undo := p.state.branch(claims)
	a.more, _ = p.fill(b) // the next write returns its error
	claims = undo()
	holes := p.holes
	for _, h := range holes {
		h.b.due = true
		h.offset += len(a.bytes)
		a.holes = append(a.holes, h)
	}
	a.bytes = append(slices.Clip(a.bytes), p.bytes...)
	a.claims, b.ahead = claims, a
	p.budget.held.Add(int64(len(p.bytes)))
	putBytes(p.bytes)
	if len(holes) > 0 {
		p.loads.yield() // so that loads that take no time end first
	}
	for _, h := range holes {
		if h.b.canBeAhead() {
			claims = p.fillAhead(h.b, claims)
		}
	}
	return claims
}

// takeAhead appends the content of b that was rendered ahead. It reports whether
// more will come.
func (p *response) takeAhead(b *boundary) (more bool, err error) {
	a := b.ahead
	b.ahead = nil
	p.budget.held.Add(-int64(len(a.bytes)))
	p.state.add(a.claims)
	start := len(p.bytes)
	p.bytes = append(p.bytes, a.bytes...)
	for i := range a.holes {
		a.holes[i].offset += start
	}
	return a.more, p.fillOrKeep(start, a.holes)
}
