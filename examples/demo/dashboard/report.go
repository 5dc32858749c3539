package dashboard

import (
	"context"
	"iter"

	"github.com/rivulet-go/rivulet/examples/demo/flights"
)

// A report makes the queries of one visit. Its methods are the loads of the page.
type report struct {
	db    *flights.DB
	visit Visit
}

func (r report) filter() flights.Filter {
	return flights.Filter{Month: r.visit.Month, Haul: r.visit.Haul}
}

func (r report) Totals(ctx context.Context) (flights.Totals, error) {
	return r.db.Totals(ctx, r.filter())
}

func (r report) Hours(ctx context.Context) ([]flights.Hour, error) {
	return r.db.Hours(ctx, r.filter())
}

func (r report) Days(ctx context.Context) ([]flights.Day, error) {
	return r.db.Days(ctx, r.filter())
}

func (r report) Delays(ctx context.Context) ([]flights.Band, error) {
	return r.db.Delays(ctx, r.filter())
}

func (r report) Distances(ctx context.Context) ([]flights.Band, error) {
	return r.db.Distances(ctx, r.filter())
}

func (r report) Weekdays(ctx context.Context) ([7]flights.Spread, error) {
	return r.db.Weekdays(ctx, r.filter())
}

func (r report) Busiest(ctx context.Context) ([]flights.Leg, error) {
	return r.db.Busiest(ctx, r.filter())
}

func (r report) Uneven(ctx context.Context) ([]flights.Leg, error) {
	return r.db.Uneven(ctx, r.filter())
}

func (r report) Worst(ctx context.Context) ([]flights.Place, error) {
	return r.db.Worst(ctx, r.filter())
}

// A hub is a large airport and the distribution of the delays of its departures.
type hub struct {
	flights.Place
	flights.Spread
}

// Hubs yields each of the largest airports when its query has been answered, and
// then makes the next query.
func (r report) Hubs(ctx context.Context) iter.Seq2[hub, error] {
	return func(yield func(hub, error) bool) {
		places, err := r.db.Hubs(ctx, r.filter())
		if err != nil {
			yield(hub{}, err)
			return
		}
		for _, p := range places {
			spread, err := r.db.Spread(ctx, r.filter(), p.Code)
			if !yield(hub{p, spread}, err) || err != nil {
				return
			}
		}
	}
}

func (r report) Place(ctx context.Context) (flights.Place, error) {
	return r.db.Place(ctx, r.filter(), r.visit.Airport)
}

func (r report) From(ctx context.Context) ([]flights.Leg, error) {
	return r.db.From(ctx, r.filter(), r.visit.Airport)
}
