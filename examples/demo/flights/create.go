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

// schema is that of the database. Times are text, as in most databases of
// SQLite, so that every tool can read them and SQLite's own functions apply.
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

// together is how many flights one statement inserts.
const together = 100

// Create makes a database of s in a new file. What is in the file when Create
// returns an error is of no use. Progress, if not nil, is called now and then
// with the number of flights that are in.
func Create(ctx context.Context, file string, s *Set, progress func(int)) (err error) {
	// A file that is not finished is never opened, so no journal is needed.
	db, err := sql.Open("sqlite", dsn(file, "_pragma=journal_mode(off)&_pragma=synchronous(off)"))
	if err != nil {
		return fmt.Errorf("flights: %w", err)
	}
	defer db.Close()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("flights: %w", err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, schema); err != nil {
		return fmt.Errorf("flights: %w", err)
	}
	for _, a := range s.Airports {
		if _, err := tx.ExecContext(ctx, "INSERT INTO airport VALUES (?, ?, ?, ?)", a.Code, a.Name, a.City, a.State); err != nil {
			return fmt.Errorf("flights: %w", err)
		}
	}
	if err := insert(ctx, tx, s, progress); err != nil {
		return fmt.Errorf("flights: %w", err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("flights: %w", err)
	}
	return nil
}

// insert inserts the flights, many with one statement since each costs a
// multiple of what a row does.
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

// layout is how a time stands in the database.
const layout = "2006-01-02 15:04"

// dsn is the name of a file for the driver.
func dsn(file, query string) string {
	return (&url.URL{Scheme: "file", Path: file, RawQuery: query}).String()
}
