package flights

import (
	"context"
	"database/sql"
)

// A Leg is a route with its figures.
type Leg struct {
	From, To  Airport
	Miles     int
	Flights   int
	LateShare float64
	Mean      float64 // delay in minutes
	Back      float64 // mean delay in the other direction
}

// Busiest returns the ten routes with the most flights, both directions together.
func (db *DB) Busiest(ctx context.Context, f Filter) ([]Leg, error) {
	table, args := f.flights()
	return db.legs(ctx, `
		SELECT min(origin, destination) AS a, max(origin, destination) AS b, miles, count(*) AS flights,
			avg(late) AS share, avg(delay) AS mean, 0 AS back
		FROM `+table+` GROUP BY a, b ORDER BY flights DESC, a, b LIMIT 10`, args...)
}

// Uneven returns the eight routes whose mean delay differs most from the mean
// delay in the other direction, among routes with at least one flight of five
// thousand in each direction.
func (db *DB) Uneven(ctx context.Context, f Filter) ([]Leg, error) {
	table, args := f.flights()
	return db.legs(ctx, `
		WITH chosen AS `+table+`,
		leg AS (
			SELECT origin AS a, destination AS b, miles, count(*) AS flights, avg(late) AS share, avg(delay) AS mean
			FROM chosen GROUP BY a, b HAVING flights * 5000 >= (SELECT count(*) FROM chosen)
		)
		SELECT there.a, there.b, there.miles, there.flights, there.share, there.mean, back.mean
		FROM leg AS there JOIN leg AS back ON back.a = there.b AND back.b = there.a
		WHERE there.mean > back.mean
		ORDER BY there.mean - back.mean DESC, there.a, there.b LIMIT 8`, args...)
}

// From returns the eight routes with the most flights from an airport.
func (db *DB) From(ctx context.Context, f Filter, code string) ([]Leg, error) {
	table, args := f.flights()
	return db.legs(ctx, `
		WITH chosen AS `+table+`,
		back AS (SELECT origin, avg(delay) AS mean FROM chosen WHERE destination = ? GROUP BY origin)
		SELECT chosen.origin AS a, chosen.destination AS b, miles, count(*) AS flights, avg(late), avg(delay), ifnull(back.mean, 0)
		FROM chosen LEFT JOIN back ON back.origin = chosen.destination
		WHERE a = ? GROUP BY b ORDER BY flights DESC, b LIMIT 8`, append(args, code, code)...)
}

// legs reads the rows of query, in which airports are codes.
func (db *DB) legs(ctx context.Context, query string, args ...any) ([]Leg, error) {
	return all(ctx, db, func(r *sql.Rows, l *Leg) error {
		var from, to string
		err := r.Scan(&from, &to, &l.Miles, &l.Flights, &l.LateShare, &l.Mean, &l.Back)
		l.From, l.To = db.named[from], db.named[to]
		return err
	}, query, args...)
}
