package chart_test

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/examples/demo/chart"
)

func percent(v float64) string { return fmt.Sprintf("%.0f %%", 100*v) }

func TestBars(t *testing.T) {
	html := render(t, chart.Bars("Fruit", "Kind", "Pieces", []chart.Bar{
		{"Apples", 4, "four"}, {"Pears", 1, "one"}, {"<Figs>", 0, "none"}, {"Debts", -2, "less than none"},
	}))
	t.Run("the longest is as long as can be, and none is negative", func(t *testing.T) {
		if got, want := fmt.Sprint(all(html, `rect width="([^"]+)"`)), "[100.00 25.00 0 0]"; got != want {
			t.Errorf("widths = %s, want %s", got, want)
		}
	})
	t.Run("they can be read as a table", func(t *testing.T) {
		for _, want := range []string{"<caption>Fruit</caption>", `<th scope="row">Pears</th>`, ">four</td>", "&lt;Figs&gt;"} {
			if !strings.Contains(html, want) {
				t.Errorf("Bars() = %s\nwant it to hold %s", html, want)
			}
		}
	})
}

func TestLines(t *testing.T) {
	html := render(t, chart.Lines(chart.Plot{
		Title: "Rain",
		Names: []string{"May", "June", "July"},
		Series: []chart.Series{
			{"a day", []float64{0, .35, .1}},
			{"a week", []float64{.1, .2, .3}},
		},
		Text: percent,
	}))
	t.Run("the scale ends at a round number above all values", func(t *testing.T) {
		if want := "M0 100.0L1 12.5L2 75.0"; !strings.Contains(html, want) {
			t.Errorf("Lines() = %s\nwant the line %s of a scale that ends at 40 %%", html, want)
		}
	})
	t.Run("the last line stands out", func(t *testing.T) {
		if got := strings.Count(html, `class="line main"`); got != 1 {
			t.Errorf("%d lines stand out, want one", got)
		}
	})
	t.Run("they can be read as a table", func(t *testing.T) {
		for _, want := range []string{`role="img" aria-label="Rain"`, `<th scope="row">June</th><td class="figure">35 %</td><td class="figure">20 %</td>`} {
			if !strings.Contains(html, want) {
				t.Errorf("Lines() = %s\nwant it to hold %s", html, want)
			}
		}
	})
}

func TestHeatMap(t *testing.T) {
	html := render(t, chart.HeatMap(chart.Heat{
		Title:   "Work",
		Rows:    []string{"Mon", "Tue"},
		Columns: []string{"am", "pm"},
		Cells:   [][]float64{{.5, 0}, {math.NaN(), .25}},
		Text:    percent,
	}))
	cells, _, _ := strings.Cut(html, `class="key"`)
	if got, want := fmt.Sprint(all(cells, `fill-opacity="([^"]+)"`)), "[1.00 0.06 0.53]"; got != want {
		t.Errorf("opacities = %s, want %s: the highest value in full, none for what is not a number", got, want)
	}
	for _, want := range []string{"<title>Tue, pm: 25 %</title>", `<th scope="row">am</th><td class="figure">50 %</td><td class="figure"></td>`} {
		if !strings.Contains(html, want) {
			t.Errorf("HeatMap() = %s\nwant it to hold %s", html, want)
		}
	}
}

func TestNothingToDraw(t *testing.T) {
	for name, c := range map[string]templ.Component{
		"bars":     chart.Bars("", "", "", nil),
		"lines":    chart.Lines(chart.Plot{Text: percent, Series: []chart.Series{{}}}),
		"heat map": chart.HeatMap(chart.Heat{Text: percent, Rows: []string{"Mon"}, Columns: []string{"am"}, Cells: [][]float64{{math.NaN()}}}),
	} {
		if html := render(t, c); strings.Contains(html, "NaN") || strings.Contains(html, "Inf") {
			t.Errorf("%s of nothing = %s, want only numbers", name, html)
		}
	}
}

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), " style=") {
		t.Errorf("%s has a style attribute, which a strict policy forbids", b.String())
	}
	return b.String()
}

func all(html, pattern string) (found []string) {
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(html, -1) {
		found = append(found, m[1])
	}
	return found
}
