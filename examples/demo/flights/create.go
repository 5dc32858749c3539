package flights

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// schema is the schema of the database. Times are text, as in most SQLite
// databases, so that every tool can read them and SQLite's own functions apply.
const schema = `
CREATE TABLE airport (
	code  TEXT PRIMARY KEY, -- of the IATA
	name  TEXT NOT NULL,
	city  TEXT NOT NULL,
	state TEXT NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE flight (
	at          TEXT    NOT NULL, -- departure, local time: 2001-01-01 00:01
	delay       INTEGER NOT NULL, -- at arrival, in minutes; negative: early
	miles       INTEGER NOT NULL,
	origin      TEXT    NOT NULL REFERENCES airport,
	destination TEXT    NOT NULL REFERENCES airport
) STRICT;
`

// together is the number of flights that one statement inserts.
const together = 100

// Create makes a database of s in a new file. After an error, the content of the
// file is useless. If progress is not nil, Create calls it from time to time with
// the number of flights that have been inserted.
func Create(ctx context.Context, file string, s *Set, progress func(int)) (err error) {
	// An unfinished file is never opened, so no journal is needed.
	db, err := sql.Open("sqlite", dsn(file, "_pragma=journal_mode(off)&_pragma=synchronous(off)"))
	if err != nil {
		return fmt.Errorf("flights: %w", err)
	}
	defer db.Close()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fault(ctx, err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, schema); err != nil {
		return fault(ctx, err)
	}
	for _, a := range s.Airports {
		if _, err := tx.ExecContext(ctx, "INSERT INTO airport VALUES (?, ?, ?, ?)", a.Code, a.Name, a.City, a.State); err != nil {
			return fault(ctx, err)
		}
	}
	if err := insert(ctx, tx, s, progress); err != nil {
		return fault(ctx, err)
	}
	if err := tx.Commit(); err != nil {
		return fault(ctx, err)
	}
	return nil
}

// insert inserts the flights, many with each statement, since a statement costs
// much more than a row.
func insert(ctx context.Context, tx *sql.Tx, s *Set, progress func(int)) error {
	const row = "(?, ?, ?, ?, ?)"
	many, err := tx.PrepareContext(ctx, "INSERT INTO flight VALUES "+row+strings.Repeat(", "+row, together-1))
	if err != nil {
		return err
	}
	defer many.Close()
	args := make([]any, 0, 5*together)
	for i, f := range s.Flights {
		r := s.Routes[f.Route]
		at := Epoch.Add(time.Duration(f.Minute) * time.Minute).Format(layout)
		args = append(args, at, f.Delay, r.Miles, r.Origin, r.Destination)
		if len(args) == cap(args) {
			if _, err := many.ExecContext(ctx, args...); err != nil {
				return err
			}
			args = args[:0]
			if progress != nil {
				progress(i + 1)
			}
		}
	}
	for ; len(args) > 0; args = args[5:] {
		if _, err := tx.ExecContext(ctx, "INSERT INTO flight VALUES "+row, args[:5]...); err != nil {
			return err
		}
	}
	return nil
}

// layout is the format of times in the database.
const layout = "2006-01-02 15:04"

// dsn returns the driver's name of a file.
func dsn(file, query string) string {
	return (&url.URL{Scheme: "file", Path: file, RawQuery: query}).String()
}
