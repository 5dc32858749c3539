package stream

import (
	"slices"

	"github.com/rivulet-go/rivulet/stream/internal/templstate"
)

// In order, the response waits for one boundary while others become ready. It
// renders their content ahead of its turn, so that the boundaries within start to
// load.

// An ahead is content of a boundary that was rendered before its turn. The
// response holds it until then.
type ahead struct {
	bytes  []byte
	holes  []hole
	claims *templstate.Claims // in the state that it was rendered with, afterwards
	more   bool               // the boundary is a sequence that has not ended
	next   *ahead             // later pieces of the same sequence
}

// aheads describes the content that a response has rendered ahead.
//
// An asset that templ emits once must stand before everything that uses it. So
// content that is rendered ahead relies on the claims of the page, of what is
// around it, and of other such content only if all of that stands before it. As a
// result, an asset may be emitted twice.
type aheads struct {
	turn    *turn              // the innermost one
	flushed *fragment          // the page, during a flush before the first byte
	holes   int                // number of holes in the page itself
	last    *due               // the place of the content that was rendered last
	claims  *templstate.Claims // after that content was rendered
	held    int64              // number of bytes
}

// A turn is the filling of the holes in one content, in order.
type turn struct {
	src    []byte    // the bytes behind pos
	pos    int       // the place in the content up to which its bytes were copied
	copied int       // the number of bytes that are held before those of src
	now    *boundary // the boundary whose hole is being filled
	rest   []hole    // the holes behind it
	up     *turn     // the turn of the content around it
	looked bool      // waiting has returned the boundaries at rest
}

// begin begins the turn of the content src with holes.
func (a *aheads) begin(src []byte, holes []hole) *turn {
	t := &turn{src: src, rest: holes, up: a.turn}
	var in *boundary
	if t.up != nil {
		in = t.up.now
	}
	for _, h := range holes {
		a.place(h.b, in, nil)
	}
	a.turn = t
	return t
}

// upTo returns the bytes up to pos that were not copied yet.
func (t *turn) upTo(pos int) []byte {
	n := pos - t.pos
	bytes := t.src[:n]
	t.src, t.pos, t.copied = t.src[n:], pos, t.copied+n
	return bytes
}

// shed gives up the bytes of large content that were copied, unless far more are
// still to come: to copy those each time would take quadratic time.
func (a *aheads) shed() {
	for t := a.turn; t != nil; t = t.up {
		if t.copied > max(maxPooled, len(t.src)/8) {
			t.src, t.copied = slices.Clone(t.src), 0
		}
	}
}

// end ends t, which is the innermost turn.
func (a *aheads) end(t *turn) { a.turn = t.up }

// waiting returns the boundaries that may have become ready before their place was
// known. They do not arrive again. Each is returned once, in document order.
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
// While another view is being rendered, awaitAhead only waits. Out of order, the
// boundaries that arrive are sent as chunks. In order, content that is rendered
// ahead would rely on the claims of that view. If the view failed, its assets
// would be missing.
func (p *response) awaitAhead(b *boundary) error {
	if b.ready() || p.outOfOrder() || p.whole {
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
	if !slices.ContainsFunc(group, (*boundary).canBeAhead) {
		return
	}
	turn := p.draft
	held := int64(len(turn.bytes))
	p.budget.held.Add(held)
	p.draft = draft{ahead: true}
	for _, b := range group {
		p.fillAhead(b)
	}
	p.draft = turn
	p.budget.held.Add(-held)
}

// canBeAhead reports whether b has content to be rendered and its turn has not
// come.
func (b *boundary) canBeAhead() bool {
	return b.due != nil && !b.filled && b.hasCome() && !b.isSlot()
}

// fillAhead renders the content of b that is ready, and the content of the
// boundaries within that are ready.
func (p *response) fillAhead(b *boundary) {
	if !b.canBeAhead() || p.holdsMuch() && (p.out.committed || !b.critical && decides(b.err) == nil) {
		return
	}
	first, around := b.due.ahead, b.due.claims
	a, at := new(ahead), &first
	for ; *at != nil; at = &(*at).next {
		around = (*at).claims
	}
	var before *templstate.Claims
	if p.aheads.last != nil && p.aheads.last.before(b.end(1)) {
		before = p.aheads.claims
	}
	p.bytes, p.holes, b.due.ahead = getBytes(), nil, nil
	undo := p.state.branch(around, before)
	a.more, _ = p.fill(b) // the next write returns its error
	a.claims = undo()
	a.bytes, a.holes = slices.Clone(p.bytes), p.holes
	putBytes(p.bytes)
	*at = a
	b.due.ahead = first
	p.holdAhead(len(a.bytes))
	for _, h := range a.holes {
		p.aheads.place(h.b, b, a.claims)
	}
	p.aheads.last, p.aheads.claims = b.end(0), a.claims
	if len(a.holes) > 0 {
		p.loads.yield() // so that loads that take no time end first
	}
	for _, h := range a.holes {
		p.fillAhead(h.b)
	}
}

// renderWhole renders b, which stands in the page itself, ahead of its turn. It
// reports whether the content of b is complete, with all boundaries within.
func (p *response) renderWhole(b *boundary) bool {
	p.aheads.place(b, nil, nil)
	p.renderAhead([]*boundary{b})
	return b.isWhole()
}

// isWhole reports whether the content of b and of all boundaries within it has been
// rendered ahead.
func (b *boundary) isWhole() bool {
	if b.isSlot() {
		return true
	}
	if !b.filled {
		return false
	}
	for a := b.due.ahead; a != nil; a = a.next {
		if slices.ContainsFunc(a.holes, func(h hole) bool { return !h.b.isWhole() }) {
			return false
		}
	}
	return true
}

// hasAhead reports whether content of b was rendered ahead and not taken.
func (b *boundary) hasAhead() bool { return b.due != nil && b.due.ahead != nil }

// takeAhead appends the first content of b that was rendered ahead. It reports
// whether more will come.
func (p *response) takeAhead(b *boundary) (more bool, err error) {
	a := b.due.ahead
	b.due.ahead = a.next
	p.holdAhead(-len(a.bytes))
	p.state.add(a.claims)
	start, holes := len(p.bytes), a.holes
	p.bytes = append(p.bytes, a.bytes...)
	for i := range holes {
		holes[i].offset += start
	}
	more = a.more // a is not held while its holes are filled
	return more, p.fillOrKeep(start, holes)
}
