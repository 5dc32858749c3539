package flights

import "time"

// A Filter selects the flights of a question. The zero Filter selects all.
type Filter struct {
	Month time.Month // of 2001, January to June; zero means all
	Haul  Haul
}

// A Haul is a class of distances.
type Haul int

const (
	AnyHaul Haul = iota
	Short        // below 500 miles
	Medium       // below 1500 miles
	Long         // 1500 miles and more
)

// Late is the delay in minutes from which a flight counts as late, as the
// authority defines it.
const Late = 15

// flights returns a table for the FROM clause, and its parameters.
func (f Filter) flights() (table string, args []any) {
	from, to := Epoch, Epoch.AddDate(1, 0, 0)
	if f.Month != 0 {
		from = time.Date(2001, f.Month, 1, 0, 0, 0, 0, time.UTC)
		to = from.AddDate(0, 1, 0)
	}
	miles := [...][2]int{AnyHaul: {0, 1e6}, Short: {0, 500}, Medium: {500, 1500}, Long: {1500, 1e6}}[f.Haul]
	return "(SELECT *, delay >= 15 AS late FROM flight WHERE at >= ? AND at < ? AND miles >= ? AND miles < ?)",
		[]any{from.Format(layout), to.Format(layout), miles[0], miles[1]}
}
