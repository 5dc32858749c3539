package board

import (
	"strconv"
	"time"
)

// A Guest is an entry of the list.
type Guest struct {
	Number int // grows by one with each guest
	Name   string
	Words  string
	At     time.Time
}

// Key is the key of the guest's item in the region.
func (g Guest) Key() string { return strconv.Itoa(g.Number) }

// mostGuests is the number of guests that are kept. The oldest are dropped first.
const mostGuests = 40

// A list is the guest list. It is immutable.
type list struct {
	Guests []Guest // newest first
	Told   int     // the number of the last guest that pages have received
}

// last is the number of the last guest.
func (l list) last() int {
	if len(l.Guests) == 0 {
		return 0
	}
	return l.Guests[0].Number
}

// after returns the guest after the one with a number.
func (l list) after(number int) (g Guest, ok bool) {
	for _, later := range l.Guests {
		if later.Number <= number {
			break
		}
		g, ok = later, true
	}
	return g, ok
}

// with returns the list with one more guest, which gets a number, and without the
// oldest guests beyond the limit.
func (l list) with(g Guest) list {
	g.Number = l.last() + 1
	l.Guests = append([]Guest{g}, l.Guests...)
	l.Guests = l.Guests[:min(len(l.Guests), mostGuests)]
	return l
}

// through returns the list after pages have received the guests up to a number. A
// list that was deleted meanwhile starts again and has none of them.
func (l list) through(number int) list {
	if number <= l.last() {
		l.Told = max(l.Told, number)
	}
	return l
}
