package board

import (
	"strconv"
	"time"
)

// A Guest is somebody who has signed.
type Guest struct {
	Number int // one more than that of the guest before
	Name   string
	Words  string
	At     time.Time
}

// Key is that of the guest's item in the region.
func (g Guest) Key() string { return strconv.Itoa(g.Number) }

// mostGuests is how many guests are kept. The oldest go first.
const mostGuests = 40

// A list is the guest list. It is never changed, only replaced.
type list struct {
	Guests []Guest // the last first
	Told   int     // the number of the last one that pages have been told of
}

// last is the number of the last guest.
func (l list) last() int {
	if len(l.Guests) == 0 {
		return 0
	}
	return l.Guests[0].Number
}

// after is the guest next to the one with a number.
func (l list) after(number int) (g Guest, ok bool) {
	for _, later := range l.Guests {
		if later.Number <= number {
			break
		}
		g, ok = later, true
	}
	return g, ok
}

// with is the list with one guest more, who is given a number, and without those
// that are too many.
func (l list) with(g Guest) list {
	g.Number = l.last() + 1
	l.Guests = append([]Guest{g}, l.Guests...)
	l.Guests = l.Guests[:min(len(l.Guests), mostGuests)]
	return l
}

// through is the list when pages have been told of the guests up to a number. A
// list that was deleted meanwhile, and begins again, knows nothing of them.
func (l list) through(number int) list {
	if number <= l.last() {
		l.Told = max(l.Told, number)
	}
	return l
}
