package chart

import (
	"embed"
	"fmt"
	"math"
	"strings"
)

// Source holds the templ files of this package.
//
//go:embed *.templ
var Source embed.FS

// Sheet is the style sheet of the charts.
//
//go:embed style.css
var Sheet []byte

// A Bar is a row of a bar chart.
type Bar struct {
	Name  string
	Value float64 // length; negative values are drawn as zero
	Text  string  // the value in words
}

// A Plot is a line chart.
type Plot struct {
	Title  string   // a sentence that describes the chart, for screen readers
	Names  []string // of the points, for the table
	Ticks  []string // below the chart, evenly spread
	Series []Series
	Text   func(float64) string // a value in words
}

// A Series is a line of a Plot, with a value for each point.
type Series struct {
	Name   string
	Values []float64
}

// A Heat is a heat map: the higher a value, the stronger the colour of its cell.
type Heat struct {
	Title   string      // a sentence that describes the map, for screen readers
	Rows    []string    // names of the rows
	Columns []string    // names of the columns, for the table
	Ticks   []string    // below the map, evenly spread
	Cells   [][]float64 // by row and column; NaN is left empty
	Text    func(float64) string
}

// share returns v in percent of most.
func share(v, most float64) string {
	if most <= 0 || v <= 0 {
		return "0"
	}
	return fmt.Sprintf("%.2f", 100*v/most)
}

func longest(bars []Bar) (most float64) {
	for _, b := range bars {
		most = max(most, b.Value)
	}
	return most
}

// top returns the end of the scale: a round number that no value exceeds.
func (p Plot) top() float64 {
	most := 0.0
	for _, s := range p.Series {
		for _, v := range s.Values {
			most = max(most, v)
		}
	}
	if most == 0 {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(most)))
	for _, n := range []float64{1, 2, 4, 6, 8} {
		if most <= n*unit {
			return n * unit
		}
	}
	return 10 * unit
}

// path draws s in a box that is 100 high and has one unit of width between two
// points.
func (s Series) path(top float64) string {
	var b strings.Builder
	command := 'M'
	for x, v := range s.Values {
		fmt.Fprintf(&b, "%c%d %.1f", command, x, 100-100*v/top)
		command = 'L'
	}
	return b.String()
}

func (h Heat) most() (most float64) {
	for _, row := range h.Cells {
		for _, v := range row {
			if !math.IsNaN(v) {
				most = max(most, v)
			}
		}
	}
	return most
}

// strength is the opacity of a cell. The weakest cell is still visible.
func strength(v, most float64) string {
	if most <= 0 {
		return "0.06"
	}
	return fmt.Sprintf("%.2f", 0.06+0.94*v/most)
}
