package dashboard

import (
	"context"

	"github.com/rivulet-go/rivulet/examples/demo/flights"
)

// A report puts the questions of one visit. Its methods are the loads of the
// page.
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

func (r report) Hubs(ctx context.Context) ([]flights.Place, error) {
	return r.db.Hubs(ctx, r.filter())
}

// Spread returns the load for one of the Hubs.
func (r report) Spread(code string) func(context.Context) (flights.Spread, error) {
	return func(ctx context.Context) (flights.Spread, error) { return r.db.Spread(ctx, r.filter(), code) }
}

func (r report) Place(ctx context.Context) (flights.Place, error) {
	return r.db.Place(ctx, r.filter(), r.visit.Airport)
}

func (r report) From(ctx context.Context) ([]flights.Leg, error) {
	return r.db.From(ctx, r.filter(), r.visit.Airport)
}
