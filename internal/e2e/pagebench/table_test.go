package pagebench_test

import (
	"fmt"
	"io"
	"slices"
	"testing"
	"text/tabwriter"

	"github.com/rivulet-go/rivulet/internal/e2e/pagebench"
	"github.com/rivulet-go/rivulet/internal/testkit"
)

func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		v, most float64
		want    string
		ok      bool
	}{
		{1.0, 1.15, "1.00 (1.15)", true},
		{1.37, 1.15, "1.37 (1.15)", true},
		{1.39, 1.15, "1.39 (1.15) !", false},
		{9, none, "9.00", true},
	} {
		if got, ok := verdict(c.v, c.most); got != c.want || ok != c.ok {
			t.Errorf("verdict(%v, %v) = %q, %v, want %q, %v", c.v, c.most, got, ok, c.want, c.ok)
		}
	}
}

// table prints a row for each page and returns what misses its budget.
func table(out io.Writer, measured []round) (missed []string) {
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprint(w, "page")
	for _, c := range columns {
		fmt.Fprint(w, "\t", c.title)
	}
	fmt.Fprintln(w)
	for _, page := range pagebench.Pages() {
		fmt.Fprint(w, page.Name)
		for _, c := range columns {
			cell, ok := c.cell(page.Name, measured)
			fmt.Fprint(w, "\t", cell)
			if !ok {
				missed = append(missed, c.complaint(page.Name, measured))
			}
		}
		fmt.Fprintln(w)
	}
	_ = w.Flush()
	return missed
}

// cell returns a cell of the table. It reports false if the budget is missed.
func (c column) cell(page string, measured []round) (cell string, ok bool) {
	most, ok := c.budget[page]
	if !ok {
		return "", true
	}
	return verdict(testkit.Median(c.ratios(page, measured)), most)
}

func (c column) complaint(page string, measured []round) string {
	rs := c.ratios(page, measured)
	return fmt.Sprintf("%s, %s: %.2f, want at most %g (half of the rounds: %.2f to %.2f)",
		page, c.title, testkit.Median(rs), c.budget[page], quantile(rs, 0.25), quantile(rs, 0.75))
}

// verdict shows a value beside its budget. It reports false if that is missed.
func verdict(v, most float64) (s string, ok bool) {
	s = fmt.Sprintf("%.2f", v)
	if most != none {
		s += fmt.Sprintf(" (%g)", most)
	}
	if ok = most == none || v <= most*testkit.Slack; !ok {
		s += " !"
	}
	return s, ok
}

// quantile sorts v.
func quantile(v []float64, q float64) float64 {
	slices.Sort(v)
	return v[int(q*float64(len(v)-1)+0.5)]
}
