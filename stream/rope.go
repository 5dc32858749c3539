package stream

import (
	"io"

	templruntime "github.com/a-h/templ/runtime"
)

// A rope is a sequence of bytes with other ropes between them. The content of a
// boundary that loads in place within another one is handed on as a rope. So a
// byte is copied twice, however deep its boundary stands. A rope within another
// one does not change any more.
type rope struct {
	bytes   []byte
	within  []strand
	strands int // number of bytes in within
}

// A strand is a rope at an offset in the bytes of another one.
type strand struct {
	offset int
	rope
}

// minStrand is the length, in bytes, of the shortest strand. Shorter ropes are
// copied, which is cheaper.
const minStrand = 512

// len returns the number of bytes in r and in the ropes within it.
func (r *rope) len() int { return len(r.bytes) + r.strands }

// add appends s to r.
func (r *rope) add(s rope) {
	n := s.len()
	if n < minStrand {
		r.bytes = s.appendTo(r.bytes)
		return
	}
	r.within = append(r.within, strand{len(r.bytes), s})
	r.strands += n
}

// truncate sets r back to before, an earlier copy of r.
func (r *rope) truncate(before rope) {
	clear(r.within[len(before.within):])
	r.bytes, r.within = r.bytes[:len(before.bytes)], r.within[:len(before.within)]
	r.strands = before.strands
}

// appendTo appends all bytes of r to dst.
func (r *rope) appendTo(dst []byte) []byte {
	pos := 0
	for i := range r.within {
		s := &r.within[i]
		dst = s.appendTo(append(dst, r.bytes[pos:s.offset]...))
		pos = s.offset
	}
	return append(dst, r.bytes[pos:]...)
}

// writeTo writes r to w. If w writes into another rope, it hands r on to that.
func (r *rope) writeTo(w io.Writer) error {
	if handOn(w, r) {
		return nil
	}
	html := r.bytes
	if len(r.within) > 0 {
		html = r.appendTo(make([]byte, 0, r.len()))
	}
	_, err := w.Write(html)
	return err
}

// handOn adds r to the rope that w writes into. It returns false if there is none,
// or if there is no room for r. In the second case, w returns the error when r is
// written to it.
func handOn(w io.Writer, r *rope) bool {
	to := w
	buf, _ := w.(*templruntime.Buffer)
	if buf != nil {
		to = buf.Underlying
	}
	switch to := to.(type) {
	case *heldBuffer:
		if buf != nil && drain(buf) != nil || to.hold(r.len()) != nil {
			return false
		}
		to.rope.add(*r)
		return true
	case *fragment:
		if buf == nil || to.resp != nil || drain(buf) != nil || to.fits(r.len()) != nil {
			return false
		}
		to.add(*r)
		return true
	}
	return false
}
