package board

import (
	"context"
	"slices"
	"strconv"
	"time"
)

// most is how many guests are kept. The oldest go first.
const most = 40

// A Guest is somebody who has signed.
type Guest struct {
	Number int // one more than that of the guest before
	Name   string
	Words  string
	At     time.Time
}

// Key is that of the guest's item in the region.
func (g Guest) Key() string { return strconv.Itoa(g.Number) }

// A book is what the instances of the demo have in common besides the events: the
// guests, and what each of them counts.
type book interface {
	// guests is the list. It is not to be changed.
	guests(context.Context) (list, error)
	// sign commits a guest. Whoever is not there after an error may still come.
	sign(context.Context, Guest) error
	// told notes that pages have been told of the guests up to a number.
	told(ctx context.Context, number int) error
	// exchange tells what this instance counts and returns what each does.
	exchange(context.Context, Report) ([]Report, error)
}

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
	l.Guests = l.Guests[:min(len(l.Guests), most)]
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

// A Report is what one instance counts.
type Report struct {
	Figures Figures
	Visits  []Visit
}

// sum is what all instances count together.
func sum(reports []Report) Report {
	var all Report
	for _, r := range reports {
		all.Figures.Instances++
		all.Figures.Visitors += r.Figures.Visitors
		all.Figures.Boards += r.Figures.Boards
		for i, n := range r.Figures.Requests {
			all.Figures.Requests[i] += n
		}
		if r.Figures.Since.After(all.Figures.Since) {
			all.Figures.Since = r.Figures.Since
		}
		all.Visits = append(all.Visits, r.Visits...)
	}
	slices.SortStableFunc(all.Visits, func(a, b Visit) int { return b.At.Compare(a.At) })
	all.Visits = all.Visits[:min(len(all.Visits), latest)]
	return all
}
