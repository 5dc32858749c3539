package movies

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// connections is the number of searches that run at the same time.
const connections = 4

// A DB finds movies. It may be used concurrently. A search ends with its context.
type DB struct{ sql *sql.DB }

// schema is a full-text index that also holds the movies.
const schema = `CREATE VIRTUAL TABLE movie USING fts5(
	title, director, genre, year UNINDEXED, rating UNINDEXED, votes UNINDEXED,
	tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
)`

// Open makes a database of list in memory.
func Open(ctx context.Context, list []Movie) (*DB, error) {
	// All connections to a name that begins with a slash share one database.
	db, err := sql.Open("sqlite", "file:/movies-"+rand.Text()+"?vfs=memdb")
	if err != nil {
		return nil, fmt.Errorf("movies: %w", err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections) // the database lives as long as it has a connection
	if err := fill(ctx, db, list); err != nil {
		db.Close()
		return nil, fmt.Errorf("movies: %w", err)
	}
	return &DB{db}, nil
}

func fill(ctx context.Context, db *sql.DB, list []Movie) error {
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	insert, err := tx.PrepareContext(ctx, "INSERT INTO movie VALUES (?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer insert.Close()
	for _, m := range list {
		if _, err := insert.ExecContext(ctx, m.Title, m.Director, m.Genre, m.Year, m.Rating, m.Votes); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// Close frees the memory.
func (db *DB) Close() error { return db.sql.Close() }
