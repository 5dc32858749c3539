package board

import (
	"context"
)

// The loads of the page. Each runs after the position of its region has been taken.

func (b *Board) loadFigures(ctx context.Context) (Figures, error) {
	all, err := b.all(ctx)
	return all.Figures, err
}

func (b *Board) loadVisits(ctx context.Context) ([]Visit, error) {
	all, err := b.all(ctx)
	return all.Visits, err
}

func (b *Board) loadGuests(ctx context.Context) ([]Guest, error) {
	list, err := b.book.guests(ctx)
	return list.Guests, err
}
