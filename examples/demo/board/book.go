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
	// guests are all that are kept, the last first. They are not to be changed.
	guests(context.Context) ([]Guest, error)
	// sign commits a guest and returns the number.
	sign(context.Context, Guest) (int, error)
	// exchange tells what this instance counts and returns what each does.
	exchange(context.Context, Report) ([]Report, error)
}

// with is the list with one guest more, who is given a number, and without those
// that are too many.
func with(list []Guest, g Guest) []Guest {
	g.Number = 1
	if len(list) > 0 {
		g.Number = list[0].Number + 1
	}
	list = append([]Guest{g}, list...)
	return list[:min(len(list), most)]
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
