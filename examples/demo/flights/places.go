package flights

import (
	"context"
	"database/sql"
)

// A Place is an airport and the figures of its departures.
type Place struct {
	Airport
	Flights   int
	LateShare float64
	Mean      float64 // delay in minutes
}

// Worst returns the ten airports with the largest share of late departures, among
// airports with at least one flight of a thousand.
func (db *DB) Worst(ctx context.Context, f Filter) ([]Place, error) {
	table, args := f.flights()
	return db.places(ctx, `
		WITH chosen AS `+table+`
		SELECT code, name, city, state, count(*) AS flights, avg(late) AS share, avg(delay)
		FROM chosen JOIN airport ON code = origin
		GROUP BY code HAVING flights * 1000 >= (SELECT count(*) FROM chosen)
		ORDER BY share DESC, code LIMIT 10`, args...)
}

// Airport returns one airport. For an unknown one, the error matches sql.ErrNoRows.
func (db *DB) Airport(ctx context.Context, code string) (Airport, error) {
	return one(ctx, db, scanAirport, "SELECT code, name, city, state FROM airport WHERE code = ?", code)
}

func scanAirport(r *sql.Rows, a *Airport) error { return r.Scan(&a.Code, &a.Name, &a.City, &a.State) }

// Place returns the figures of one airport. They are zero for an airport without
// flights. For an unknown airport, the error matches sql.ErrNoRows.
func (db *DB) Place(ctx context.Context, f Filter, code string) (Place, error) {
	table, args := f.flights()
	return one(ctx, db, scanPlace, `
		SELECT code, name, city, state, count(delay), ifnull(avg(late), 0), ifnull(avg(delay), 0)
		FROM airport LEFT JOIN `+table+` ON code = origin WHERE code = ? GROUP BY code`, append(args, code)...)
}

func (db *DB) places(ctx context.Context, query string, args ...any) ([]Place, error) {
	return all(ctx, db, scanPlace, query, args...)
}

func scanPlace(r *sql.Rows, p *Place) error {
	return r.Scan(&p.Code, &p.Name, &p.City, &p.State, &p.Flights, &p.LateShare, &p.Mean)
}

// Hubs returns the ten airports with the most departures.
func (db *DB) Hubs(ctx context.Context, f Filter) ([]Place, error) {
	table, args := f.flights()
	return db.places(ctx, `
		SELECT code, name, city, state, count(*) AS flights, avg(late), avg(delay)
		FROM `+table+` JOIN airport ON code = origin
		GROUP BY code ORDER BY flights DESC, code LIMIT 10`, args...)
}

// Spread returns the distribution of the delays of all flights from an airport.
func (db *DB) Spread(ctx context.Context, f Filter, code string) (Spread, error) {
	table, args := f.flights()
	return one(ctx, db, func(r *sql.Rows, s *Spread) error {
		return r.Scan(&s.Flights, &s.P50, &s.P90, &s.P99)
	}, `
		WITH ranked AS (
			SELECT delay, row_number() OVER (ORDER BY delay) AS place, count(*) OVER () AS n
			FROM `+table+` WHERE origin = ?
		)
		SELECT `+spread+` FROM ranked`, append(args, code)...)
}
