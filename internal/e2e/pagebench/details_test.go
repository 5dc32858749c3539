package pagebench_test

import (
	"fmt"
	"io"
	"os/exec"
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/pagebench"
	"github.com/rivulet-go/rivulet/internal/testkit"
)

// details prints what has no row for each page, and returns what misses its budget.
func details(tb testing.TB, run func(*exec.Cmd) error) (missed []string) {
	tb.Helper()
	n := heldPages(tb)
	held := func(p pagebench.Program) float64 { return start(tb, p, run).held(tb, n) }
	bare := held(pagebench.Bare)
	lines := []struct {
		title   string
		v, most float64
	}{
		{"writes of P100 suspended", start(tb, pagebench.Suspended, run).writes(tb, "/P100"), mostWrites},
		{"memory of a held page / bare handler, hand-made", held(pagebench.HandMade) / bare, none},
		{"memory of a held page / bare handler, guarded", held(pagebench.Guarded) / bare, none},
		{"memory of a held page / bare handler", held(pagebench.InPlace) / bare, mostHeld},
	}
	fmt.Printf("\n%d pages held open\n", n)
	for _, l := range lines {
		s, ok := verdict(l.v, l.most)
		fmt.Printf("%s: %s\n", l.title, s)
		if !ok {
			missed = append(missed, fmt.Sprintf("%s: %.2f, want at most %g", l.title, l.v, l.most))
		}
	}
	return missed
}

// writes returns in how many writes a page comes.
func (s *server) writes(tb testing.TB, path string) float64 {
	tb.Helper()
	var chunks []float64
	for range 50 {
		a, err := s.control.get(path, io.Discard)
		if err != nil {
			tb.Fatal(err)
		}
		chunks = append(chunks, float64(a.chunks))
	}
	return testkit.Median(chunks)
}
