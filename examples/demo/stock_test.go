package main

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/examples/demo/board"
	"github.com/rivulet-go/rivulet/examples/demo/chat"
	"github.com/rivulet-go/rivulet/examples/demo/flights"
	"github.com/rivulet-go/rivulet/examples/demo/movies"
	"github.com/rivulet-go/rivulet/stream/inspect"
)

// someStock is a stock with those flights and that model, all movies and a board
// of its own. Nil means none, for tests that do not ask for it.
func someStock(t *testing.T, db *flights.DB, model *chat.Endpoint) stock {
	t.Helper()
	if model == nil {
		model = &chat.Endpoint{}
	}
	in := inspect.New(200)
	in.Token = token
	c := chat.New(model, nil)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := c.Shutdown(ctx); err != nil {
			t.Errorf("the chat does not end: %v", err)
		}
	})
	return stock{db, allMovies(t), c, soleBoard(t, filepath.Join(t.TempDir(), "guests.json")), in}
}

// films is the database of allMovies.
var films *movies.DB

// allMovies is a database of all movies, which is only read. All tests share it.
func allMovies(t *testing.T) *movies.DB {
	t.Helper()
	if films != nil {
		return films
	}
	list, err := movies.Stored()
	if err != nil {
		t.Fatal(err)
	}
	db, err := movies.Open(context.Background(), list)
	if err != nil {
		t.Fatal(err)
	}
	atEnd(func() { db.Close() })
	films = db
	return db
}

// soleBoard opens a board and ends it with the test.
func soleBoard(t *testing.T, file string) *board.Board {
	t.Helper()
	b, err := board.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shut(t, b) })
	return b
}

func shut(t *testing.T, b *board.Board) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := errors.Join(b.Shutdown(ctx), b.Close()); err != nil {
		t.Errorf("the board does not end: %v", err)
	}
}
