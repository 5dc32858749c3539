package stream

import (
	"iter"
	"time"
)

// A reveal decides what of a page that is sent out of order may be sent now, and
// when to look again. It has neither goroutines nor bytes, and is told the time.
// It belongs to the goroutine of the response.
//
// What was decided of a hole stays, unless the response has waited since. So
// what becomes ready while views are rendered is a chunk. If the response looked
// for ready boundaries until there were none, what it has to send would wait for
// one more again and again.
type reveal struct {
	grace   time.Duration // Renderer.Grace
	graced  time.Time     // when the grace is over; zero: it has not begun
	arrived int           // holes of the page, from the first on, that were ready during the grace

	pending int         // boundaries that have markers and whose content was not shown
	notices []*boundary // that have markers and are to be taken away at the end
	noticed time.Time   // the deadline that they tell of
}

// A decision says what stands at a hole.
type decision uint8

const (
	undecided decision = iota
	content            // the content of its boundary, which is ready
	markers            // markers with the fallback; the content comes as a chunk
	stuck              // the content, however long that takes: no marker works there
)

// holdUntil returns the instant until which the shell waits for the boundaries at
// holes, or zero if it may leave now. It may leave earlier once they are ready.
func (v *reveal) holdUntil(now time.Time, holes []hole) time.Time {
	for v.arrived < len(holes) && holes[v.arrived].b.ready() {
		v.arrived++
	}
	if v.grace <= 0 || v.arrived == len(holes) {
		return time.Time{}
	}
	if v.graced.IsZero() {
		v.graced = now.Add(v.grace)
	}
	if !now.Before(v.graced) {
		return time.Time{}
	}
	return v.graced
}

// decide decides what stands at the holes that are undecided. It reports whether
// there is content to be put in place first, since that may have holes, too. At a
// flush what follows is not known, so notices are shown.
func (v *reveal) decide(holes []hole, flush bool) (more bool) {
	pending := flush || v.pending > 0
	for i := range holes {
		h := &holes[i]
		if h.decision == undecided && !h.b.notice {
			h.decision = markers
			if h.b.ready() {
				h.decision = content
			}
		}
		more = more || h.decision == content || h.decision == stuck
		pending = pending || h.decision == markers
	}
	if more {
		return true
	}
	for i := range holes {
		if h := &holes[i]; h.decision == undecided {
			h.decision = markers
			if !pending { // a notice's content is nothing
				h.decision, more = content, true
			}
		}
	}
	return more
}

// decideAgain takes back what was decided of holes because of the time: the
// response has waited since.
func (v *reveal) decideAgain(holes []hole) {
	for i := range holes {
		if holes[i].decision == markers {
			holes[i].decision = undecided
		}
	}
}

// placed notes that the markers of b are among the bytes to be sent.
func (v *reveal) placed(b *boundary) {
	b.marked = true
	v.pending++
}

// notified notes that the markers of b, a notice that tells of deadline, are
// among the bytes to be sent.
func (v *reveal) notified(b *boundary, deadline time.Time) {
	b.marked = true
	if len(v.notices) == 0 {
		v.noticed = deadline
	}
	v.notices = append(v.notices, b)
}

// chunks yields those of the boundaries that have arrived, in document order, of
// which a chunk may be sent now. A boundary without markers is not among them: it
// is filled where it stands when its surroundings are sent. Whether that has
// happened is looked at late, since a chunk before it may have done so.
func (v *reveal) chunks(arrived []*boundary) iter.Seq[*boundary] {
	sortBoundaries(arrived)
	return func(yield func(*boundary) bool) {
		for _, b := range arrived {
			if b.marked && !b.filled && b.ready() && !yield(b) {
				return
			}
		}
	}
}

// shown notes that a chunk with the last of what a boundary shows is among the
// bytes to be sent.
func (v *reveal) shown() { v.pending-- }

// outdated returns the notices, which are to be placed again, if the deadline of
// the page is later than what they tell of.
func (v *reveal) outdated(deadline time.Time) (notices []*boundary) {
	if deadline.After(v.noticed) {
		notices, v.notices = v.notices, nil
	}
	return notices
}

// taken returns the notices, which are to be taken away.
func (v *reveal) taken() (notices []*boundary) {
	notices, v.notices = v.notices, nil
	return notices
}

// open reports whether anything that was sent is to be replaced.
func (v *reveal) open() bool { return v.pending > 0 || len(v.notices) > 0 }
