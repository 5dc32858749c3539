package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/rivulet-go/rivulet/examples/demo/board"
	"github.com/rivulet-go/rivulet/examples/demo/chat"
	"github.com/rivulet-go/rivulet/examples/demo/flights"
	"github.com/rivulet-go/rivulet/examples/demo/movies"
	"github.com/rivulet-go/rivulet/stream/inspect"
)

// A stock holds the parts that the pages are made from.
type stock struct {
	flights *flights.DB
	movies  *movies.DB
	model   *chat.Endpoint
	board   *board.Board

	inspector *inspect.Inspector // inspects all pages
}

// openStock opens the stock. dir holds the data that is kept between starts, and
// progress receives what takes time. All instances that are connected by hub
// share the board.
func openStock(ctx context.Context, dir string, h *hub, progress io.Writer) (s stock, err error) {
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	s.inspector = inspect.New(200)
	if s.flights, err = flights.Open(ctx, dir, progress); err != nil {
		return s, err
	}
	list, err := movies.Stored()
	if err != nil {
		return s, err
	}
	if s.movies, err = movies.Open(ctx, list); err != nil {
		return s, err
	}
	if s.model, err = chat.Open(os.Getenv); err != nil {
		return s, err
	}
	if h != nil {
		s.board, err = board.Join(ctx, h.store)
	} else {
		s.board, err = board.Open(filepath.Join(dir, "guests.json"))
	}
	return s, err
}

// Close closes the stock. Call it after Shutdown of the board.
func (s stock) Close() error {
	var errs []error
	if s.flights != nil {
		errs = append(errs, s.flights.Close())
	}
	if s.movies != nil {
		errs = append(errs, s.movies.Close())
	}
	if s.model != nil {
		errs = append(errs, s.model.Close())
	}
	if s.board != nil {
		errs = append(errs, s.board.Close())
	}
	return errors.Join(errs...)
}
