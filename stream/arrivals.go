package stream

import "iter"

// arrivals holds boundaries in the order in which they were added, until all are taken
// together. It is guarded by loads.mu.
type arrivals struct {
	first, last *boundary
	n           int
}

// add adds b at the end, unless it is there already.
func (a *arrivals) add(b *boundary) {
	switch {
	case b.load.arrived != nil || a.last == b:
		return
	case a.first == nil:
		a.first = b
	default:
		a.last.load.arrived = b
	}
	a.last = b
	a.n++
}

// all yields the boundaries in their order.
func (a *arrivals) all() iter.Seq[*boundary] {
	return func(yield func(*boundary) bool) {
		for b := a.first; b != nil && yield(b); b = b.load.arrived {
		}
	}
}

// take removes and returns all boundaries.
func (a *arrivals) take() []*boundary {
	if a.first == nil {
		return nil
	}
	all := make([]*boundary, 0, a.n)
	for b := a.first; b != nil; {
		all = append(all, b)
		b, b.load.arrived = b.load.arrived, nil
	}
	*a = arrivals{}
	return all
}
