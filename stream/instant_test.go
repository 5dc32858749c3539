package stream_test

import (
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream"
)

// TestWhatNeedsNoTimeStandsInPlace serves pages of boundaries that do no work
// beside goroutines that keep every processor busy, on the wall clock and as in
// production. A thread that the system stops within a load cannot be helped, so
// a few pages may be streamed.
func TestWhatNeedsNoTimeStandsInPlace(t *testing.T) {
	testkit.SkipWithRace(t, "the tests of another package run at the same time, and stop threads")
	defer stream.AsInProduction()()
	var stop atomic.Bool
	defer stop.Store(true)
	for range runtime.GOMAXPROCS(0) {
		go func() { // waited for by nobody: it ends with stop
			for !stop.Load() {
			}
		}()
	}
	const pages = 100
	for _, n := range []int{1, 10, 100} {
		parts := make([]templ.Component, n)
		for i := range parts {
			parts[i] = slot(after(0, html("1")))
		}
		streamed := 0
		for range pages {
			w := httptest.NewRecorder()
			if err := stream.Render(w, httptest.NewRequest("GET", "/", nil), page(parts...)); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(w.Body.String(), "<?start") {
				streamed++
			}
		}
		t.Logf("%d of %d pages of %d boundaries were streamed", streamed, pages, n)
		if streamed > pages/20 {
			t.Errorf("%d of %d pages of %d boundaries that do no work were streamed, want %d at most", streamed, pages, n, pages/20)
		}
	}
}
