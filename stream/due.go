package stream

import "github.com/rivulet-go/rivulet/stream/internal/templstate"

// A due is the place of a boundary in a page in order. It is known once the content
// with its hole has been rendered. It may differ from the path of the boundary: a
// boundary that a Prerender has met can be shown anywhere.
type due struct {
	in     *boundary          // the boundary whose content has the hole; nil for the page itself
	n      int                // number of the hole in that content, from 1
	depth  int                // number of boundaries around it
	holes  int                // number of holes in the content of the boundary itself
	claims *templstate.Claims // after the content around it, if that was rendered ahead
	ahead  *ahead             // the first content that was rendered ahead and not taken
}

// place records that b is the next boundary in the content of in. A nil in is the
// page itself.
func (a *aheads) place(b, in *boundary, claims *templstate.Claims) {
	if b.due != nil {
		return
	}
	b.due = &due{in: in, claims: claims}
	holes := &a.holes
	if in != nil {
		b.due.depth, holes = in.due.depth+1, &in.due.holes
	}
	*holes++
	b.due.n = *holes
}

// end returns the place of the n-th hole behind the holes that the sequence b has.
// If b is no sequence, end returns the place of b, since its content is rendered
// at once.
func (b *boundary) end(n int) *due {
	if b.pieces() == nil {
		return b.due
	}
	return &due{in: b, n: b.due.holes + n, depth: b.due.depth + 1}
}

// before reports whether d stands before e in the page, or around it.
func (d *due) before(e *due) bool {
	deeper := d.depth > e.depth
	for d.depth > e.depth {
		d = d.in.due
	}
	for e.depth > d.depth {
		e = e.in.due
	}
	if d == e {
		return !deeper
	}
	for d.in != e.in {
		d, e = d.in.due, e.in.due
	}
	return d.n < e.n
}
