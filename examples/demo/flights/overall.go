package flights

import (
	"context"
	"database/sql"
	"time"
)

// Totals are the figures of all flights.
type Totals struct {
	Flights   int
	Routes    int     // each direction counts
	LateShare float64 // share of late flights, 0 to 1
	Mean      float64 // delay in minutes
	Worst     int     // delay in minutes
	Lost      int     // total delay in hours
}

// Totals returns the figures of all flights.
func (db *DB) Totals(ctx context.Context, f Filter) (Totals, error) {
	table, args := f.flights()
	return one(ctx, db, func(r *sql.Rows, t *Totals) error {
		return r.Scan(&t.Flights, &t.Routes, &t.LateShare, &t.Mean, &t.Worst, &t.Lost)
	}, `
		SELECT count(*), count(DISTINCT origin || destination),
			ifnull(avg(late), 0), ifnull(avg(delay), 0), ifnull(max(delay), 0), ifnull(sum(max(delay, 0)) / 60, 0)
		FROM `+table, args...)
}

// A Band is a range of values and the flights in it.
type Band struct {
	From      int // lower end; the first band also has all lower values, the last has no upper end
	Flights   int
	LateShare float64
	Mean      float64 // delay in minutes
}

// Delays groups the flights by delay, into bands of 15 minutes from -30 to 120.
func (db *DB) Delays(ctx context.Context, f Filter) ([]Band, error) {
	// SQLite rounds quotients towards zero, so the delay is made positive first.
	return db.bands(ctx, f, "15 * max(-2, min(8, (delay + 3000) / 15 - 200))")
}

// Distances groups the flights by distance, into bands of 250 miles up to 2500.
func (db *DB) Distances(ctx context.Context, f Filter) ([]Band, error) {
	return db.bands(ctx, f, "250 * min(10, miles / 250)")
}

func (db *DB) bands(ctx context.Context, f Filter, from string) ([]Band, error) {
	table, args := f.flights()
	return all(ctx, db, func(r *sql.Rows, b *Band) error {
		return r.Scan(&b.From, &b.Flights, &b.LateShare, &b.Mean)
	}, "SELECT "+from+", count(*), avg(late), avg(delay) FROM "+table+" GROUP BY 1 ORDER BY 1", args...)
}

// A Day is a day of the calendar.
type Day struct {
	Date      time.Time
	LateShare float64
	Week      float64 // LateShare of the seven days up to this one
}

// Days returns the days of the calendar.
func (db *DB) Days(ctx context.Context, f Filter) ([]Day, error) {
	table, args := f.flights()
	return all(ctx, db, func(r *sql.Rows, d *Day) (err error) {
		var date string
		if err := r.Scan(&date, &d.LateShare, &d.Week); err != nil {
			return err
		}
		d.Date, err = time.Parse(time.DateOnly, date)
		return err
	}, `
		WITH day AS (
			SELECT date(at) AS date, count(*) AS flights, sum(late) AS late FROM `+table+` GROUP BY 1
		)
		SELECT date, 1.0 * late / flights, 1.0 * sum(late) OVER week / sum(flights) OVER week
		FROM day WINDOW week AS (ORDER BY date ROWS 6 PRECEDING) ORDER BY date`, args...)
}
