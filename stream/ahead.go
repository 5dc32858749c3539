package stream

import (
	"slices"

	"github.com/rivulet-go/rivulet/stream/internal/templstate"
)

// In order, the response waits for one boundary while others become ready. It
// renders those ahead of their turn, so that the boundaries within them load
// meanwhile.

// An ahead is content that was rendered before its turn. The response holds it.
type ahead struct {
	bytes  []byte
	holes  []hole
	claims *templstate.Claims // with those that it has made
	more   bool               // it is of a sequence that has not ended
}

// aheads is what a response knows of the content that it has rendered ahead.
//
// An asset that templ emits once must stand before all that use it. So content
// relies on what the page has claimed, and on what other content has ahead of its
// turn if that stands before it. The price is that an asset may be emitted twice.
type aheads struct {
	rendering bool               // boundaries are not waited for: it is not their turn
	last      *boundary          // of the last group that was rendered; none stands behind it
	claims    *templstate.Claims // of that group
}

// awaitAhead waits for b in order, and renders meanwhile what else is ready. The
// holes of rest are behind b in what was rendered with it.
func (p *response) awaitAhead(b *boundary, rest []hole) error {
	if b.ready() || p.outOfOrder() {
		return p.await(b)
	}
	p.loads.yield() // what ends at one moment is one group
	if b.ready() {
		return nil
	}
	p.renderAhead(waitingAt(rest))
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

// waitingAt returns the boundaries at holes.
func waitingAt(holes []hole) []*boundary {
	all := make([]*boundary, len(holes))
	for i, h := range holes {
		all[i] = h.b
	}
	return all
}

// renderArrived renders the boundaries that have arrived since it was last called,
// and reports whether there are any.
func (p *response) renderArrived() bool {
	arrived := p.loads.take()
	sortBoundaries(arrived)
	p.renderAhead(arrived)
	return len(arrived) > 0
}

// renderAhead renders those of group, which is in document order, whose turn is
// still to come. It leaves them to their turn when the response holds much.
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

// canBeAhead reports whether b is ready and its turn is still to come.
func (b *boundary) canBeAhead() bool { return b.due && !b.filled && b.ready() }

// fillAhead renders what b shows by now, and what is ready within it. It returns
// the claims, to which it adds.
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
	a.more, _ = p.fill(b) // its error shows at the next write
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
		p.loads.yield() // what needs no time is one group with what it is in
	}
	for _, h := range holes {
		if h.b.canBeAhead() {
			claims = p.fillAhead(h.b, claims)
		}
	}
	return claims
}

// takeAhead appends what b shows, which was rendered ahead, and reports whether
// there is more to come.
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
