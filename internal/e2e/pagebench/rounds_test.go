package pagebench_test

import (
	"slices"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/internal/e2e/pagebench"
)

// A turn is what is measured at once: a program with a page and connections.
type turn struct {
	page, program string
	conns         int
}

// A round has a sample of each turn.
type round map[turn]sample

// turns returns what the columns need.
func turns() (ts []turn) {
	for _, page := range pagebench.Pages() {
		for _, c := range columns {
			if _, ok := c.budget[page.Name]; !ok {
				continue
			}
			for _, t := range []turn{c.ours.turn(page.Name), c.theirs.turn(page.Name)} {
				if !slices.Contains(ts, t) {
					ts = append(ts, t)
				}
			}
		}
	}
	return ts
}

func (q quantity) turn(page string) turn { return turn{page, q.program.Name, q.conns} }

// duration is how long a turn takes.
func (t turn) duration() time.Duration {
	d := 250 * time.Millisecond
	if t.conns == manyConns {
		d = 400 * time.Millisecond
	}
	if t.page == pagebench.P10D.Name { // it sends few pages in a second
		d *= 2
	}
	return d
}

// runRound has all turns taken, in the order of ts.
func runRound(tb testing.TB, servers map[string]*server, ts []turn) round {
	tb.Helper()
	r := round{}
	for _, t := range ts {
		r[t] = servers[t.program].drive(tb, "/"+t.page, t.conns, t.duration())
	}
	return r
}

// ratios returns the ratio of the column in each round.
func (c column) ratios(page string, rounds []round) []float64 {
	rs := make([]float64, len(rounds))
	for i, r := range rounds {
		rs[i] = c.ours.of(r[c.ours.turn(page)]) / c.theirs.of(r[c.theirs.turn(page)])
	}
	return rs
}
