package stream

import "slices"

// A filled is what stands at a hole: bytes of p.bytes, with holes of their own.
// Contents are rendered one behind the other, and put where they belong when
// there are no more, so that a byte is copied twice, however deep it stands.
type filled struct {
	start, end int
	holes      []hole // their offsets count from the start of p.bytes
}

// fillReady puts at each hole of p.bytes its content, if that was decided, and
// at the holes within that content, too. It stops before a sequence that goes
// on, since markers will stand behind that.
func (p *response) fillReady(flush bool) {
	all := make([]filled, 1, 1+len(p.holes))
	all[0] = filled{end: len(p.bytes), holes: p.holes}
	open := len(p.holes)
	for more, level := true, 0; more; {
		next := len(all)
		for i := level; i < next; i++ {
			holes := all[i].holes
			for j := range holes {
				if holes[j].decision != content {
					continue
				}
				holes[j].filled = int32(len(all))
				all = append(all, p.fillBehind(holes[j].b))
				open += len(all[len(all)-1].holes) - 1
			}
		}
		level = next
		p.checkUncommitted()
		if open > 0 && !flush {
			p.loads.yield()
		}
		more = false
		for _, f := range all[level:] {
			more = p.reveal.look(f.holes) || more
		}
		for _, f := range all[level:] {
			more = more && !slices.ContainsFunc(f.holes, hole.goesOn)
		}
	}
	src := p.bytes
	p.bytes, p.holes = slices.Grow(getBytes(), len(src)), make([]hole, 0, open)
	p.unite(src, all, 0)
	putBytes(src)
}

// fillBehind appends to p.bytes what b, which is ready, shows by now.
func (p *response) fillBehind(b *boundary) filled {
	start := len(p.bytes)
	p.holes = nil
	p.fillSoFar(b)
	return filled{start, len(p.bytes), p.holes}
}

// unite appends to p.bytes those of src that all[i] has, with what its holes were
// filled with, and to p.holes those that were not.
func (p *response) unite(src []byte, all []filled, i int32) {
	f := all[i]
	pos := f.start
	for _, h := range f.holes {
		p.bytes = append(p.bytes, src[pos:h.offset]...)
		pos = h.offset
		if h.filled > 0 {
			p.unite(src, all, h.filled)
			continue
		}
		h.offset = len(p.bytes)
		p.holes = append(p.holes, h)
	}
	p.bytes = append(p.bytes, src[pos:f.end]...)
}

// goesOn reports whether the content of h is the start of a sequence.
func (h hole) goesOn() bool {
	return h.decision == content && h.b.load.pieces != nil && !h.b.settled.Load()
}
