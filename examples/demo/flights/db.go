package flights

import (
	"context"
	"database/sql"
	"fmt"
)

// Connections is the number of queries that a DB answers at the same time.
// Further queries wait.
const Connections = 8

// A DB answers questions about flights. It may be used concurrently. A query ends
// with its context, even while it is running.
type DB struct {
	sql      *sql.DB
	airports []Airport
	named    map[string]Airport // the airports by their codes
}

// OpenFile opens a database that [Create] has made, read only.
func OpenFile(ctx context.Context, file string) (*DB, error) {
	// A finished file is never written to, so the connections need no locks.
	db, err := sql.Open("sqlite", dsn(file, "mode=ro&immutable=1"))
	if err != nil {
		return nil, fmt.Errorf("flights: %w", err)
	}
	db.SetMaxOpenConns(Connections)
	db.SetMaxIdleConns(Connections)
	d := &DB{sql: db, named: map[string]Airport{}}
	d.airports, err = all(ctx, d, scanAirport, "SELECT code, name, city, state FROM airport ORDER BY code")
	if err != nil {
		db.Close()
		return nil, err
	}
	for _, a := range d.airports {
		d.named[a.Code] = a
	}
	return d, nil
}

// Airports returns all airports by their codes, without a query. The result must
// not be changed.
func (db *DB) Airports() []Airport { return db.airports }

// Close closes all connections. Running queries end with an error.
func (db *DB) Close() error { return db.sql.Close() }

// count returns the number of flights. It reads the whole table.
func (db *DB) count(ctx context.Context) (n int, err error) {
	err = db.sql.QueryRowContext(ctx, "SELECT count(*) FROM flight").Scan(&n)
	return n, err
}

// all runs a query and reads each row with scan.
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

// one runs a query for one row.
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

// fault adds the package's name to err. If ctx has ended, fault returns its cause
// instead of the error of the interrupted statement.
func fault(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return fmt.Errorf("flights: %w", err)
}
