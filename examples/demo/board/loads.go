package board

import (
	"context"
	"fmt"
	"slices"
	"strconv"
)

// The loads of the page. Each runs after the position of its region is known.

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

// What the views need.

func (f Figures) most() int { return slices.Max(f.Requests[:]) }

// tall is the height of the bar for n requests, and top where it begins.
func (f Figures) tall(n int) string { return strconv.FormatFloat(f.bar(n), 'f', 1, 64) }
func (f Figures) top(n int) string  { return strconv.FormatFloat(24-f.bar(n), 'f', 1, 64) }

func (f Figures) bar(n int) float64 { return 24 * float64(n) / float64(max(f.most(), 4)) }

// said is the picture in words.
func (f Figures) said() string {
	sum := 0
	for _, n := range f.Requests {
		sum += n
	}
	return fmt.Sprintf("%d requests in the last minute, %d in the busiest second", sum, f.most())
}

// started leads up to the time of the start.
func (f Figures) started() string {
	if f.Instances > 1 {
		return strconv.Itoa(f.Instances) + " instances, the last started at"
	}
	return "Started at"
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
