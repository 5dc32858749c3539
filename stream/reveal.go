package stream

import (
	"iter"
	"slices"
	"time"
)

// A reveal decides what may be sent now of a page that is sent out of order, and
// when to look again. It has no goroutines and no bytes. The time is an argument
// of its methods. It belongs to the goroutine of the response.
//
// What was chosen for a hole stays unless the response has waited since. So a
// boundary that becomes ready while views are rendered is sent as a chunk. If the
// response looked again until no boundary was ready, the bytes that it has would
// be delayed again and again. Before the first byte, a boundary that may decide the
// page is the exception: see chooseDeciders.
type reveal struct {
	grace   time.Duration // Renderer.Grace
	graced  time.Time     // end of the grace; zero if it has not begun
	arrived int           // number of holes of the page, from the first on, that are ready

	pending int         // number of boundaries with markers whose content is not complete
	notices []*boundary // notices with markers, to be removed at the end
	noticed time.Time   // the earliest deadline that a notice shows
	stale   bool        // a slot of the head with markers shows an old value
}

// A choice says what is written at a hole.
type choice uint8

const (
	unchosen choice = iota
	content         // the content of its boundary, which is ready
	markers         // markers with the fallback; the content comes as a chunk
	stuck           // the content, even if the response has to wait: no marker works there
)

// graceUntil returns the instant until which the shell waits for the boundaries at
// holes, or zero if it may leave now. The shell may leave earlier if they become
// ready.
func (v *reveal) graceUntil(now time.Time, holes []hole) time.Time {
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

// choose makes the choices that are open. It reports whether content has to be put in
// place first, since that may have holes, too. At a flush notices are shown, since
// what follows is not known.
func (v *reveal) choose(holes []hole, flush bool) (more bool) {
	if v.look(holes) {
		return true
	}
	isPending := func(h hole) bool { return h.choice == markers }
	pending := flush || v.pending > 0 || slices.ContainsFunc(holes, isPending)
	for i := range holes {
		if h := &holes[i]; h.choice == unchosen {
			h.choice = markers
			if !pending { // a notice is empty then, and a slot of the head does not change
				h.choice, more = content, true
			}
		}
	}
	return more
}

// look is choose, except for notices and for slots of the head, whose choice stays
// open.
func (v *reveal) look(holes []hole) (more bool) {
	for i := range holes {
		h := &holes[i]
		if h.choice == unchosen && h.b.kind != notice && !h.b.isSlot() {
			h.choice = markers
			if h.b.ready() {
				h.choice = content
			}
		}
		more = more || h.choice == content || h.choice == stuck
	}
	return more
}

// stick records that no marker works at h, so that the response waits for the
// content.
func (v *reveal) stick(h *hole) { h.choice = stuck }

// chooseDeciders chooses the content of the boundaries at holes that may decide the page
// and have become ready since the choices were made. It reports whether there are any.
func (v *reveal) chooseDeciders(holes []hole) (found bool) {
	for i := range holes {
		if h := &holes[i]; h.choice == markers && h.mayDecide() {
			h.choice, found = content, true
		}
	}
	return found
}

// chooseAgain opens the choices for boundaries that were not ready. The response has
// waited since, so they may be ready now.
func (v *reveal) chooseAgain(holes []hole) {
	for i := range holes {
		if holes[i].choice == markers {
			holes[i].choice = unchosen
		}
	}
}

// placed records that the markers of b are among the bytes to be sent.
func (v *reveal) placed(b *boundary) {
	b.marked = true
	v.pending++
}

// notified records that the markers of b, a notice that shows deadline, are among
// the bytes to be sent.
func (v *reveal) notified(b *boundary, deadline time.Time) {
	b.marked = true
	if len(v.notices) == 0 || deadline.Before(v.noticed) {
		v.noticed = deadline
	}
	v.notices = append(v.notices, b)
}

// chunks yields the boundaries in arrived for which a chunk may be sent now, in
// document order. It leaves out a boundary without markers, whose content is
// written in place together with the content around it. Each boundary is looked
// at when its turn comes, since a chunk before it may have filled it.
func (v *reveal) chunks(arrived []*boundary) iter.Seq[*boundary] {
	arrived = slices.DeleteFunc(arrived, func(b *boundary) bool { return b.filled })
	sortBoundaries(arrived)
	return func(yield func(*boundary) bool) {
		for _, b := range arrived {
			if b.marked && !b.filled && b.ready() && !yield(b) {
				return
			}
		}
	}
}

// shown records that the last chunk of a boundary is among the bytes to be sent.
func (v *reveal) shown() { v.pending-- }

// takeOutdated takes and returns the notices if deadline is later than one that they
// show. They have to be sent again. Otherwise it returns nil.
func (v *reveal) takeOutdated(deadline time.Time) (notices []*boundary) {
	if deadline.After(v.noticed) {
		notices, v.notices = v.notices, nil
	}
	return notices
}

// takeNotices takes and returns the notices, which have to be removed from the
// page.
func (v *reveal) takeNotices() (notices []*boundary) {
	notices, v.notices = v.notices, nil
	return notices
}

// open reports whether the page has markers whose content will be replaced.
func (v *reveal) open() bool { return v.pending > 0 || len(v.notices) > 0 || v.stale }
