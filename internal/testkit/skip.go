package testkit

import "testing"

// WithRace stands before the reason for which a test is not run as it is under the race
// detector. The command make test then runs the test again without it: scripts/test.go
// looks for this word.
const WithRace = "WithRace: "

// SkipWithRace skips t under the race detector, because of what that does to t.
func SkipWithRace(t testing.TB, reason string) {
	t.Helper()
	if Race {
		t.Skip(WithRace + reason)
	}
}

// Fewer reports whether t should do less of the same: under the race detector, or with
// the flag -short.
func Fewer(t testing.TB) bool {
	t.Helper()
	if Race {
		t.Log(WithRace + "fewer")
	}
	return Race || testing.Short()
}
