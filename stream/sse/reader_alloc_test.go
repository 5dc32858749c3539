package sse_test

import (
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// TestReaderAllocations holds the budget of reading: the string of an event's
// data, and of its id and name if they are not those of the event before.
func TestReaderAllocations(t *testing.T) {
	testkit.SkipWithRace(t, "the race detector allocates")
	for _, tt := range []struct {
		name, event string
		budget      float64
	}{
		{"comments", strings.Repeat(": heartbeat\n\n: another\n", 100) + "data\n\n", 0},
		{"unknown fields and retry", strings.Repeat("nobody: knows\nretry: 3000\n", 100) + "data\n\n", 0},
		{"a line of data", "data: one line of data\n\n", 1},
		{"lines of data", strings.Repeat("data: many lines of data\n", 100) + "\n", 1},
		{"a name and an id as before", "event: price\nid: 7\ndata: 3.20\n\n", 1},
		{"bytes that are not UTF-8", "data: \xff\xff\n\n", 2},
	} {
		t.Run("of "+tt.name, func(t *testing.T) {
			at := 0
			rd := sse.NewReader(reads(func(p []byte) (int, error) {
				n := copy(p, tt.event[at:])
				at = (at + n) % len(tt.event)
				return n, nil
			}))
			got := testing.AllocsPerRun(1000, func() {
				if _, err := rd.Next(); err != nil {
					t.Fatal(err)
				}
			})
			if got > tt.budget {
				t.Errorf("%v allocations an event, want at most %v", got, tt.budget)
			}
		})
	}
}
