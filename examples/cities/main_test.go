package main

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/stream/streamtest"
)

func TestACityHasItsWeatherAndItsEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		page := streamtest.Get(t, routes(), "/cities/rome")

		for _, want := range []string{"<h1>Rome</h1>", "sunny, 21 °C", "Night of the museums"} {
			if !strings.Contains(page.HTML, want) {
				t.Errorf("the page lacks %q\n%s", want, page)
			}
		}
		if page.End != 2*time.Second {
			t.Errorf("the page took %v, want the 2s of its slowest load", page.End)
		}
	})
}

func TestEachPartArrivesWhenItIsReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		page := streamtest.Get(t, routes(), "/cities/rome")

		if !strings.Contains(page.Shell, "<h1>Rome</h1>") || strings.Count(page.Shell, "rv-skeleton\"") != 2 {
			t.Errorf("the shell is %s, want the name and two skeletons", page.Shell)
		}
		soon := page.At(time.Second)
		if !strings.Contains(soon, "sunny, 21 °C") || strings.Contains(soon, "museums") {
			t.Errorf("after 1s the page is %s, want the weather without the events", soon)
		}
	})
}

func TestTheLoadsEndWhenTheReaderLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		reader := streamtest.Client{Leave: streamtest.AfterShell()}
		reader.Get(t, routes(), "/cities/rome")
		// The handler waits for a load that ignores its context.
		if took := time.Since(start); took >= time.Millisecond {
			t.Errorf("the loads went on for %v", took)
		}
	})
}

func TestAnotherCityIsMissing(t *testing.T) {
	page := streamtest.Get(t, routes(), "/cities/atlantis")
	if page.Status != 404 {
		t.Errorf("status = %d, want 404", page.Status)
	}
}
