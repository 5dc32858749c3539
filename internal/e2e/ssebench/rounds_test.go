package ssebench_test

import (
	"slices"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
)

// rounds is how often the two take turns.
const rounds = 15

// A contest is one piece of work, done by us and by go-sse.
type contest struct {
	name   string
	bytes  int                  // that it reads; 0: none
	clock  func() time.Duration // nil: testkit.CPU
	most   float64              // of their time that ours may take; 0: defaultMost
	ours   func(testing.TB)
	theirs func(testing.TB)
}

// defaultMost is less than 1 because identical programs differ by some percent.
const defaultMost = 0.95

// ahead fails if ours takes too much time, in the median of the rounds in each of
// which both have had their turn.
func ahead(t *testing.T, contests []contest) {
	testkit.SkipWithRace(t, "the race detector is not the same burden for all")
	for _, c := range contests {
		t.Run(c.name, func(t *testing.T) {
			ratios := c.ratios(t, rounds)
			slices.Sort(ratios)
			most := c.most
			if most == 0 {
				most = defaultMost
			}
			ratio := ratios[rounds/2]
			allocs := testing.AllocsPerRun(3, func() { c.ours(t) })
			theirs := testing.AllocsPerRun(3, func() { c.theirs(t) })
			t.Logf("%.2f of the time of go-sse (from %.2f to %.2f), %v allocations to its %v",
				ratio, ratios[0], ratios[rounds-1], allocs, theirs)
			if ratio > most {
				t.Errorf("took %.2f of the time of go-sse, want at most %.2f", ratio, most)
			}
		})
	}
}

// ratios returns our time by theirs in each of the rounds.
func (c contest) ratios(t testing.TB, rounds int) (ratios []float64) {
	n := 1
	for c.took(t, c.ours, n)+c.took(t, c.theirs, n) < 20*time.Millisecond {
		n *= 2
	}
	for i := range rounds {
		first, second := c.ours, c.theirs
		if i%2 == 1 {
			first, second = second, first
		}
		a, b := c.took(t, first, n), c.took(t, second, n)
		if i%2 == 1 {
			a, b = b, a
		}
		ratios = append(ratios, float64(a)/float64(b))
	}
	return ratios
}

func (c contest) took(t testing.TB, f func(testing.TB), n int) time.Duration {
	clock := c.clock
	if clock == nil {
		clock = testkit.CPU
	}
	start := clock()
	for range n {
		f(t)
	}
	return clock() - start
}

// compare runs the contests as benchmarks.
func compare(b *testing.B, contests []contest) {
	for _, c := range contests {
		for _, side := range []struct {
			name string
			f    func(testing.TB)
		}{{"rivulet", c.ours}, {"go-sse", c.theirs}} {
			b.Run(c.name+"/"+side.name, func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(c.bytes))
				for b.Loop() {
					side.f(b)
				}
			})
		}
	}
}
