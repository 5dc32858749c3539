package stream

import (
	"io"

	templruntime "github.com/a-h/templ/runtime"
)

// A rope is bytes with other ropes between them. What has loaded in place within
// something that does, too, is handed on as one, so that a byte is copied twice,
// however deep it stands. A rope within another does not change.
type rope struct {
	bytes   []byte
	within  []strand
	strands int // bytes in within
}

// A strand is a rope that stands at an offset in the bytes of another.
type strand struct {
	offset int
	rope
}

// minStrand is the length from which on it pays not to copy.
const minStrand = 512

func (r *rope) len() int { return len(r.bytes) + r.strands }

// add appends s.
func (r *rope) add(s rope) {
	n := s.len()
	if n < minStrand {
		r.bytes = s.appendTo(r.bytes)
		return
	}
	r.within = append(r.within, strand{len(r.bytes), s})
	r.strands += n
}

// truncate makes r what it was when before was a copy of it.
func (r *rope) truncate(before rope) {
	clear(r.within[len(before.within):])
	r.bytes, r.within = r.bytes[:len(before.bytes)], r.within[:len(before.within)]
	r.strands = before.strands
}

func (r *rope) appendTo(dst []byte) []byte {
	pos := 0
	for i := range r.within {
		s := &r.within[i]
		dst = s.appendTo(append(dst, r.bytes[pos:s.offset]...))
		pos = s.offset
	}
	return append(dst, r.bytes[pos:]...)
}

// writeTo writes r to w, or hands it on if w is ours.
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

// handOn adds r to the rope behind w. It returns false if there is none, or if it
// may not hold r: w gives the reason when r is written to it.
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
