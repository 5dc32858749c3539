package board

import (
	"context"
	"fmt"
	"slices"
	"strconv"
)

// The loads of the page. Each runs after the position of its region is known.

func (b *Board) loadFigures(context.Context) (Figures, error) { return b.Figures(), nil }
func (b *Board) loadVisits(context.Context) ([]Visit, error)  { return b.Visits(), nil }
func (b *Board) loadGuests(context.Context) ([]Guest, error)  { return b.guests.all(), nil }

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

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
