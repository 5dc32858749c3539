package stream

import (
	"slices"
	"sync"
)

// A filled is the content of a hole: a part of p.bytes, with holes of its own.
// fillReady first renders all contents one behind the other. Then it copies each to
// its hole. So a byte is copied twice, however deep its boundary stands.
type filled struct {
	start, end int
	holes      []hole // their offsets count from the start of p.bytes
}

// fillReady fills the holes of p.bytes for which content is chosen, and the holes
// within that content, too. It stops before a sequence that goes on, since that
// needs markers.
func (p *response) fillReady(flush bool) {
	all := append(getFilled(), filled{end: len(p.bytes), holes: p.holes})
	open, turn := len(p.holes), p.written()
	for more, level := true, 0; more; {
		next := len(all)
		for i := level; i < next; i++ {
			holes := all[i].holes
			for j := range holes {
				if holes[j].choice != content {
					continue
				}
				turn = p.giveWay(turn)
				holes[j].filled = int32(len(all))
				all = append(all, p.fillBehind(holes[j].b))
				open += len(all[len(all)-1].holes) - 1
			}
		}
		level = next
		p.checkUncommitted()
		if open > 0 && !flush {
			p.look()
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
	putFilled(all)
}

// filledPool holds slices for fillReady. A page with many boundaries needs a large
// one.
var filledPool sync.Pool

func getFilled() []filled {
	if all, _ := filledPool.Get().(*[]filled); all != nil {
		return *all
	}
	return nil
}

func putFilled(all []filled) {
	if len(all) <= maxPooledFilled {
		clear(all)
		all = all[:0]
		filledPool.Put(&all)
	}
}

// maxPooledFilled limits the length of a slice that is put back.
const maxPooledFilled = 1 << 12

// fillBehind appends the content of b that is ready to p.bytes.
func (p *response) fillBehind(b *boundary) filled {
	start := len(p.bytes)
	p.holes = nil
	p.fillSoFar(b)
	return filled{start, len(p.bytes), p.holes}
}

// unite appends the bytes of all[i], which are in src, to p.bytes, with the
// contents of its holes. It appends the holes without a content to p.holes.
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

// goesOn reports whether the content of h is a sequence that has not ended.
func (h hole) goesOn() bool {
	return h.choice == content && h.b.pieces() != nil && !h.b.load.settled.Load()
}
