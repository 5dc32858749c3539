package flights

import (
	"context"
	"database/sql"
)

// An Hour is an hour of the week.
type Hour struct {
	Weekday   int // 0 is Monday
	Hour      int // 0 to 23
	Flights   int
	LateShare float64
}

// Hours returns the hours of the week in which flights depart.
func (db *DB) Hours(ctx context.Context, f Filter) ([]Hour, error) {
	table, args := f.flights()
	return all(ctx, db, func(r *sql.Rows, h *Hour) error {
		return r.Scan(&h.Weekday, &h.Hour, &h.Flights, &h.LateShare)
	}, `
		SELECT (strftime('%w', at) + 6) % 7, cast(strftime('%H', at) AS INTEGER), count(*), avg(late)
		FROM `+table+` GROUP BY 1, 2 ORDER BY 1, 2`, args...)
}

// A Spread is a distribution of delays in minutes: half of the flights are no
// later than P50, nine of ten no later than P90, 99 of a hundred no later than
// P99. Without flights, all fields are zero.
type Spread struct {
	Flights       int
	P50, P90, P99 int
}

// spread selects the fields of a Spread from ranked rows: see ranked.
const spread = `count(*),
	ifnull(min(delay) FILTER (WHERE place >= 0.5 * n), 0),
	ifnull(min(delay) FILTER (WHERE place >= 0.9 * n), 0),
	ifnull(min(delay) FILTER (WHERE place >= 0.99 * n), 0)`

// Weekdays returns the Spread of each day of the week, from Monday.
func (db *DB) Weekdays(ctx context.Context, f Filter) (week [7]Spread, err error) {
	type day struct {
		weekday int
		Spread
	}
	table, args := f.flights()
	days, err := all(ctx, db, func(r *sql.Rows, d *day) error {
		return r.Scan(&d.weekday, &d.Flights, &d.P50, &d.P90, &d.P99)
	}, `
		WITH day AS (SELECT (strftime('%w', at) + 6) % 7 AS weekday, delay FROM `+table+`),
		ranked AS (
			SELECT weekday, delay,
				row_number() OVER (PARTITION BY weekday ORDER BY delay) AS place,
				count(*) OVER (PARTITION BY weekday) AS n
			FROM day
		)
		SELECT weekday, `+spread+` FROM ranked GROUP BY weekday`, args...)
	for _, d := range days {
		week[d.weekday] = d.Spread
	}
	return week, err
}
