package testkit

import (
	"slices"
	"testing"
)

// Budget reports the median of ratios as a metric. The benchmark fails if it is
// above the budget by more than a fifth, which no noise of a shared machine
// explains.
func Budget(b *testing.B, unit string, ratios []float64, budget float64) {
	b.Helper()
	got := Median(ratios)
	b.ReportMetric(got, unit)
	if got > 1.2*budget {
		b.Errorf("%s %.2f (from %.2f to %.2f), the budget is %.2f", unit, got, slices.Min(ratios), slices.Max(ratios), budget)
	}
}

// Median returns the median of all.
func Median(all []float64) float64 {
	return slices.Sorted(slices.Values(all))[len(all)/2]
}
