package board

import (
	"slices"
)

// A Report has the counts of one instance.
type Report struct {
	Figures Figures
	Visits  []Visit
}

// sum adds the counts of all instances.
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
	all.Visits = newest(all.Visits)
	return all
}
