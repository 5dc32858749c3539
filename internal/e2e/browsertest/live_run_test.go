package browsertest_test

import (
	"context"
	"iter"
	"net/http"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/suspense/live"
)

// written has a region that shows what a run writes, from its start. The first
// page starts the run, and those of later browsers show the same one.
func written() browsertest.Scenario {
	var b broker.Broker
	list := live.Region{Name: "list", URL: "events"}
	produce := func(ctx context.Context) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			for _, key := range []string{"one", "two", "last"} {
				var item strings.Builder
				err := list.Append(key, pages.LI(pages.Row{Key: key, Text: key})).Render(ctx, &item)
				if !yield(item.String(), err) {
					return
				}
			}
		}
	}
	run := func(ctx context.Context) (broker.Run, error) {
		return b.Start(ctx, "the run", broker.RunOptions{}, produce)
	}
	shown := list
	shown.Position = func(ctx context.Context) (string, error) {
		r, err := run(ctx)
		return r.Position, err
	}
	return browsertest.Scenario{
		Name:   "a region shows what a run writes, and its end",
		Where:  browsertest.Scripted,
		Policy: livePolicy,
		Page:   pages.List(shown, func(context.Context) ([]pages.Row, error) { return nil, nil }),
		Files: map[string]browsertest.File{
			"state.js": func(_ *browsertest.Visit, w http.ResponseWriter, _ *http.Request) { script(w, "") },
			"events": func(_ *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
				run, _ := run(r.Context())
				b.Topic(run.Topic).Handler().ServeHTTP(w, r)
			},
		},
		Watch: map[string]string{"ended": "html[data-live=ended] #list > .last"},
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Open("end")
			v.Wait("ended")
			if got, want := part(v.Picture(), "list"), li("one", "two", "last"); got != want {
				t.Errorf("list holds %s, want %s", got, want)
			}
			if got := len(v.Requests()); got != 1 {
				t.Errorf("the page was asked for %d times, want 1", got)
			}
		},
	}
}
