package broker_test

import (
	"bufio"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/broker"
)

// TestMemory limits the cost of an idle subscriber to 1.25 times a bare handler
// that has sent the same head and waits. The ratio is the median of interleaved
// pairs, each of a thousand connections. It covers the server and a minimal
// client.
func TestMemory(t *testing.T) {
	testkit.SkipWithRace(t, "the race detector has memory of its own")
	const budget = 1.25
	n := 1000
	if testing.Short() {
		n = 200
	}
	bare := func() http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Set("X-Accel-Buffering", "no")
			_, _ = io.WriteString(w, ":\n")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		})
	}
	subscribed := func() http.Handler {
		b := &broker.Broker{Authorize: everyone, Limits: broker.Limits{PerSubject: 10 * n}}
		return b.Topic("news").Handler()
	}
	var ratios []float64
	for range 5 {
		one := waiting(t, n, bare())
		other := waiting(t, n, subscribed())
		ratios = append(ratios, other/one)
		t.Logf("%.1f KiB of a bare handler, %.1f KiB of a subscriber", one/1024, other/1024)
	}
	slices.Sort(ratios)
	if got := ratios[len(ratios)/2]; got > budget {
		t.Errorf("a subscriber takes %.2f times a bare handler (%.2f), want at most %v", got, ratios, budget)
	}
}

// waiting returns the bytes of heap and stacks that one of n waiting requests
// takes.
func waiting(t *testing.T, n int, h http.Handler) float64 {
	t.Helper()
	return testkit.HeldOpen(t, n, h, func(answer *bufio.Reader) error {
		for {
			if line, err := answer.ReadString('\n'); err != nil || strings.HasPrefix(line, ":") {
				return err // nil at the first heartbeat
			}
		}
	})
}
