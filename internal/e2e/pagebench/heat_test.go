package pagebench_test

import (
	"slices"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/internal/e2e/pagebench"
)

// A heat is one page over a number of connections. The programs take turns, none
// of them two at once: the second would find the caches filled.
type heat struct {
	page     string
	conns    int
	programs []string
}

// heats returns what the columns need.
func heats() (hs []heat) {
	for _, page := range pagebench.Pages() {
		for _, conns := range []int{fewConns, manyConns} {
			if h := (heat{page.Name, conns, programs(page.Name, conns)}); h.programs != nil {
				hs = append(hs, h)
			}
		}
	}
	return hs
}

// programs returns the programs that the columns need for a heat.
func programs(page string, conns int) (names []string) {
	for _, c := range columns {
		if _, ok := c.budget[page]; !ok {
			continue
		}
		for _, q := range []quantity{c.ours, c.theirs} {
			if q.conns == conns && !slices.Contains(names, q.program.Name) {
				names = append(names, q.program.Name)
			}
		}
	}
	return names
}

// turn returns how many turns each program has, and how long one is. Short turns
// are disturbed alike. Over many connections, the first and the last pages of a
// turn are not sent under full load.
func (h heat) turn() (number int, length time.Duration) {
	number, length = 4, 70*time.Millisecond
	if h.conns == manyConns {
		number, length = 2, 250*time.Millisecond
	}
	if h.page == pagebench.P10D.Name { // each takes 50 ms
		length += 100 * time.Millisecond
	}
	return number, length
}

// connections returns the number of connections of h. The flag conns replaces fewConns.
// The columns cannot have it, since they are made before flags are parsed.
func (h heat) connections() int {
	if h.conns == fewConns {
		return *conns
	}
	return h.conns
}

// A round has the samples of all heats.
type round map[entry]sample

// An entry is a runner in a heat.
type entry struct {
	page string
	runner
}

// A runner is a process that runs a program. Those for few connections are not
// those for many: what a process has served before changes what a page costs.
type runner struct {
	program string
	conns   int
}

// run adds the samples of the heat to r. If backwards, the last program begins.
func (h heat) run(tb testing.TB, servers map[runner]*server, r round, backwards bool) {
	tb.Helper()
	var entrants []*entrant
	for _, name := range h.programs {
		e := servers[runner{name, h.conns}].enter(tb, "/"+h.page, h.connections())
		defer e.leave()
		entrants = append(entrants, e)
	}
	if backwards {
		slices.Reverse(entrants)
	}
	number, length := h.turn()
	for range number {
		for _, e := range entrants {
			e.drive(tb, length)
		}
	}
	for _, e := range entrants {
		r[entry{h.page, runner{e.program, h.conns}}] = e.sample()
	}
}
