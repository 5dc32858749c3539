package testkit

import (
	"slices"
	"testing"
)

// Slack is how far a figure may be above its budget before a benchmark fails. A
// fifth is for the noise of a shared machine.
const Slack = 1.2

// Budget reports the median of ratios as a metric. The benchmark fails if it is
// above the budget by more than the Slack.
func Budget(b *testing.B, unit string, ratios []float64, budget float64) {
	b.Helper()
	got := Median(ratios)
	b.ReportMetric(got, unit)
	if got > Slack*budget {
		b.Errorf("%s %.2f (from %.2f to %.2f), the budget is %.2f", unit, got, slices.Min(ratios), slices.Max(ratios), budget)
	}
}

// Median returns the median of all.
func Median(all []float64) float64 {
	return slices.Sorted(slices.Values(all))[len(all)/2]
}
