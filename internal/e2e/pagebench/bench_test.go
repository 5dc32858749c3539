package pagebench_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/pagebench"
)

var rounds = flag.Int("rounds", 13, "rounds of BenchmarkPages; more see smaller differences")

// BenchmarkPages prints the ratios and fails if one misses its budget.
func BenchmarkPages(b *testing.B) {
	for b.Loop() {
		run := pin(b)
		measured := measure(b, run, *rounds)
		fmt.Printf("\nMedians of %d rounds, by hand-made if nothing else is said. In brackets: the budget. "+
			"!: missed by more than a fifth.\n\n", len(measured))
		missed := table(os.Stdout, measured)
		missed = append(missed, details(b, run)...)
		for _, m := range missed {
			b.Error(m)
		}
	}
	b.ReportMetric(0, "ns/op")
}

// measure runs rounds.
func measure(tb testing.TB, run func(*exec.Cmd) error, rounds int) (measured []round) {
	tb.Helper()
	servers := map[runner]*server{}
	for _, h := range heats() {
		for _, name := range h.programs {
			if of := (runner{name, h.conns}); servers[of] == nil {
				servers[of] = start(tb, program(name), run)
			}
		}
	}
	for i := range rounds {
		fmt.Fprintf(os.Stderr, "round %d of %d\n", i+1, rounds)
		r := round{}
		for _, h := range heats() {
			h.run(tb, servers, r, i%2 == 1)
		}
		measured = append(measured, r)
	}
	return measured
}

func program(name string) pagebench.Program {
	ps := pagebench.Programs()
	return ps[slices.IndexFunc(ps, func(p pagebench.Program) bool { return p.Name == name })]
}
