package main

import (
	"context"
	"errors"
	"io"
	"os"

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
	chat    *chat.Chat
	board   *board.Board

	inspector *inspect.Inspector // inspects all pages
}

// openStock opens the stock. dir holds the data that is kept between starts, and
// progress receives what takes time. The stock owns the board.
func openStock(ctx context.Context, dir string, b *board.Board, progress io.Writer) (s stock, err error) {
	s.board = b
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
	model, err := chat.Open(os.Getenv)
	if err != nil {
		return s, err
	}
	s.chat = chat.New(model, b.Store())
	return s, nil
}

// Close closes the stock. Call it after Shutdown of the board and the chat.
func (s stock) Close() error {
	var errs []error
	if s.flights != nil {
		errs = append(errs, s.flights.Close())
	}
	if s.movies != nil {
		errs = append(errs, s.movies.Close())
	}
	if s.chat != nil {
		errs = append(errs, s.chat.Close())
	}
	if s.board != nil {
		errs = append(errs, s.board.Close())
	}
	return errors.Join(errs...)
}
