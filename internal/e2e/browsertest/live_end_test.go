package browsertest_test

import (
	"context"
	"slices"
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
	"github.com/rivulet-go/rivulet/stream/sse"
)

func over() browsertest.Scenario {
	f := newFeed("a")
	list := f.region("list")
	return browsertest.Scenario{
		Name:   "when its topic ends, a region has the rest and closes its stream for good",
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		Page:   pages.List(list, f.load),
		Files:  f.files(`Math.random = () => 0;`),
		Watch: map[string]string{
			"open": "html[data-live=open] .a", "lost": "html[data-live=lost]", "last": "#list > .last",
			"ended": "html[data-live=ended] #list > .last",
		},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Open("end")
			v.Wait("open")
			f.send(list.Append("last", pages.LI(pages.Row{Key: "last", Text: "1"})))
			if err := f.topic().End(context.Background()); err != nil {
				t.Fatal(err)
			}
			v.Wait("last", "ended")
			f.settle(t, v, 0)
			v.Dispatch("online")
			v.Dispatch("pageshow")
			if got, want := part(v.Picture(), "list"), li("a", "last:1"); got != want {
				t.Errorf("list holds %s, want %s", got, want)
			}
			if got := asked(v); got != 1 {
				t.Errorf("the events were asked for %d times, want 1", got)
			}
			if got := len(v.Requests()); got != 1 {
				t.Errorf("the page was asked for %d times, want 1", got)
			}
			if slices.Contains(v.Seen(), "lost") {
				t.Error("the page says that the connection is lost")
			}
		},
	}
}

func overBefore() browsertest.Scenario {
	f := newFeed("a")
	f.down = sse.Stop
	list := f.region("list")
	return browsertest.Scenario{
		Name:   "a page whose topic has ended already, so that the answer is 204, keeps its content",
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		Page:   pages.List(list, f.load),
		Files:  f.files(`Math.random = () => 0;`),
		Watch:  map[string]string{"lost": "html[data-live=lost]", "ended": "html[data-live=ended] #list > .a"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Open("end")
			v.Wait("ended")
			if got := len(v.Requests()); got != 1 {
				t.Errorf("the page was asked for %d times, want 1", got)
			}
			if slices.Contains(v.Seen(), "lost") {
				t.Error("the page says that the connection is lost")
			}
		},
	}
}
