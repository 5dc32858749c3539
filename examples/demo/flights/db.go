package flights

import (
	"context"
	"database/sql"
	"fmt"
)

// Connections is how many questions a DB answers at the same time. Any more
// wait their turn.
const Connections = 8

// A DB answers questions about flights. It may be asked any number of them at
// the same time; a question ends with its context, in the middle of its work.
type DB struct {
	sql      *sql.DB
	airports []Airport
	named    map[string]Airport // the airports by their codes
}

// OpenFile opens a database that [Create] has made, to be read only.
func OpenFile(ctx context.Context, file string) (*DB, error) {
	// Nobody writes to a finished file, so the connections need no locks.
	db, err := sql.Open("sqlite", dsn(file, "mode=ro&immutable=1"))
	if err != nil {
		return nil, fmt.Errorf("flights: %w", err)
	}
	db.SetMaxOpenConns(Connections)
	db.SetMaxIdleConns(Connections)
	d := &DB{sql: db, named: map[string]Airport{}}
	d.airports, err = all(ctx, d, func(r *sql.Rows, a *Airport) error {
		return r.Scan(&a.Code, &a.Name, &a.City, &a.State)
	}, "SELECT code, name, city, state FROM airport ORDER BY code")
	if err != nil {
		db.Close()
		return nil, err
	}
	for _, a := range d.airports {
		d.named[a.Code] = a
	}
	return d, nil
}

// Airports lists all airports by their codes, without a question to the
// database. The list must not be changed.
func (db *DB) Airports() []Airport { return db.airports }

// Close ends all connections. What is being asked ends with an error.
func (db *DB) Close() error { return db.sql.Close() }

// count is how many flights there are. It reads the whole table.
func (db *DB) count(ctx context.Context) (n int, err error) {
	err = db.sql.QueryRowContext(ctx, "SELECT count(*) FROM flight").Scan(&n)
	return n, err
}

// all asks for rows and reads each with scan.
func all[T any](ctx context.Context, db *DB, scan func(*sql.Rows, *T) error, query string, args ...any) (list []T, err error) {
	rows, err := db.sql.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fault(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		var v T
		if err := scan(rows, &v); err != nil {
			return nil, fault(ctx, err)
		}
		list = append(list, v)
	}
	return list, fault(ctx, rows.Err())
}

// one asks for one row.
func one[T any](ctx context.Context, db *DB, scan func(*sql.Rows, *T) error, query string, args ...any) (v T, err error) {
	list, err := all(ctx, db, scan, query, args...)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("flights: %w", sql.ErrNoRows)
	}
	if err != nil {
		return v, err
	}
	return list[0], nil
}

// fault is err with the package's name. The end of a context is reported as
// what caused it, not as the interrupted statement that it leaves behind.
func fault(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return fmt.Errorf("flights: %w", err)
}
