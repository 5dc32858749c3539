package stream

import "iter"

// A list holds boundaries in the order in which they were added. Adding and
// removing a boundary take constant time. A list is guarded by loads.mu.
type list struct {
	kind        listKind
	first, last *boundary
}

// A listKind says which of the links of its boundaries a list uses.
type listKind uint8

const (
	unsettledList listKind = iota // loads.unsettled
	queueList                     // loads.queue or loads.starting
	listKinds
)

// links are the neighbours of a boundary in one list.
type links struct{ prev, next *boundary }

// links returns the neighbours of b in l.
func (l *list) links(b *boundary) *links { return &b.load.links[l.kind] }

// add adds b, which is not in l, at the end.
func (l *list) add(b *boundary) {
	l.links(b).prev = l.last
	if l.last == nil {
		l.first = b
	} else {
		l.links(l.last).next = b
	}
	l.last = b
}

// addBefore adds b, which is not in l, before the first boundary for which is
// returns true, or at the end.
func (l *list) addBefore(b *boundary, is func(*boundary) bool) {
	at := l.first
	for at != nil && !is(at) {
		at = l.links(at).next
	}
	if at == nil {
		l.add(b)
		return
	}
	prev := l.links(at).prev
	*l.links(b) = links{prev, at}
	l.links(at).prev = b
	if prev == nil {
		l.first = b
	} else {
		l.links(prev).next = b
	}
}

// has reports whether b is in l. It must not be in another list with the same links:
// the phase of a load tells queue and starting apart.
func (l *list) has(b *boundary) bool { return l.first == b || l.links(b).prev != nil }

// all yields the boundaries of l in their order. The boundary that was yielded last
// may be removed meanwhile.
func (l *list) all() iter.Seq[*boundary] {
	return func(yield func(*boundary) bool) {
		for b := l.first; b != nil; {
			next := l.links(b).next
			if !yield(b) {
				return
			}
			b = next
		}
	}
}

// remove removes b, if it is in l.
func (l *list) remove(b *boundary) {
	if !l.has(b) {
		return
	}
	at := l.links(b)
	if at.prev == nil {
		l.first = at.next
	} else {
		l.links(at.prev).next = at.next
	}
	if at.next == nil {
		l.last = at.prev
	} else {
		l.links(at.next).prev = at.prev
	}
	*at = links{}
}
