package pagebench_test

import (
	"flag"

	"github.com/rivulet-go/rivulet/internal/e2e/pagebench"
)

// none is the budget of a ratio that is only shown.
const none = 0

// A budget holds the highest ratio for each page. Pages that are not in it are not
// measured.
type budget map[string]float64

// A column compares two quantities.
type column struct {
	title        string
	ours, theirs quantity
	budget       budget
}

var columns = []column{
	{
		"CPU in place", cpuOf(pagebench.InPlace), cpuOf(pagebench.HandMade),
		budget{"P0": none, "P10": 1.15, "P100": 1.15, "P10D": 1.15, "Pnest": 1.15},
	},
	{
		"CPU suspended", cpuOf(pagebench.Suspended), cpuOf(pagebench.HandMade),
		budget{"P10": 1.3, "P100": 1.3, "P10D": 1.3, "Pnest": 1.3},
	},
	{
		"CPU in place / guarded", cpuOf(pagebench.InPlace), cpuOf(pagebench.Guarded),
		budget{"P0": none, "P10": none, "P100": none, "P10D": none, "Pnest": none},
	},
	{
		"CPU suspended / guarded", cpuOf(pagebench.Suspended), cpuOf(pagebench.Guarded),
		budget{"P10": none, "P100": none, "P10D": none, "Pnest": none},
	},
	{
		"CPU in place / plain", cpuOf(pagebench.InPlace), cpuOf(pagebench.Plain),
		budget{"P0": 1.05, "P10": none, "P100": none, "Pnest": none},
	},
	{
		"CPU suspended / plain", cpuOf(pagebench.Suspended), cpuOf(pagebench.Plain),
		budget{"P10": none, "P100": none, "Pnest": none},
	},
	{
		"CPU in place / slots", cpuOf(pagebench.InPlace), cpuOf(pagebench.Slots),
		budget{"P10D": 1.0},
	},
	{
		"first byte suspended", firstByteOf(pagebench.Suspended), firstByteOf(pagebench.HandMade),
		budget{"P10": 1.5, "P100": 1.5, "P10D": 1.5, "Pnest": 1.5},
	},
	{
		"first byte suspended / guarded", firstByteOf(pagebench.Suspended), firstByteOf(pagebench.Guarded),
		budget{"P10": none, "P100": none, "P10D": none, "Pnest": none},
	},
	{
		// The first byte of content in place brings what others have with the last.
		"first byte in place / last byte", firstByteOf(pagebench.InPlace), lastByteOf(pagebench.HandMade),
		budget{"P10": 1.1, "P100": 1.1, "Pnest": 1.1},
	},
}

const (
	mostWrites = 5    // of P100, suspended
	mostHeld   = 1.08 // memory of a page that is held open, by that of Bare
)

// A quantity is a figure of a program.
type quantity struct {
	program pagebench.Program
	conns   int // connections with which it is measured
	of      func(sample) float64
}

// CPU time is measured with few connections, because other programs disturb it
// less; times of arrival with many, as on a busy server.
const (
	fewConns  = 16
	manyConns = 128
)

var conns = flag.Int("conns", fewConns, "connections with which BenchmarkPages measures CPU time")

func cpuOf(p pagebench.Program) quantity {
	return quantity{p, fewConns, func(s sample) float64 { return s.cpu }}
}

func firstByteOf(p pagebench.Program) quantity {
	return quantity{p, manyConns, func(s sample) float64 { return s.first }}
}

func lastByteOf(p pagebench.Program) quantity {
	return quantity{p, manyConns, func(s sample) float64 { return s.last }}
}

// in returns the quantity of a page in a round.
func (q quantity) in(r round, page string) float64 {
	return q.of(r[entry{page, runner{q.program.Name, q.conns}}])
}

// ratios returns the ratio of the column in each round.
func (c column) ratios(page string, measured []round) []float64 {
	rs := make([]float64, len(measured))
	for i, r := range measured {
		rs[i] = c.ours.in(r, page) / c.theirs.in(r, page)
	}
	return rs
}
