package live_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense/internal/pagetest"
	"github.com/rivulet-go/rivulet/suspense/live"
)

// answer answers a request with a page that shows c. Whether c is in place or
// streamed, the page has nothing to warn of.
func answer(t *testing.T, method string, c templ.Component) {
	t.Helper()
	page := templ.Join(templ.Raw("<body>"), c, templ.Raw("</body>"))
	if err := new(stream.Renderer).Render(httptest.NewRecorder(), httptest.NewRequest(method, "/", nil), page); err != nil {
		t.Fatal(err)
	}
}

func TestMethod(t *testing.T) {
	var log strings.Builder
	a := board
	a.Logger = slog.New(slog.NewTextHandler(&log, nil))
	a.Name = "method-a"
	b := a
	b.Name = "method-b"
	live.ForgetWarnings()
	t.Cleanup(live.ForgetWarnings)
	for _, tt := range []struct {
		method string
		region live.Region
		want   int
	}{{"GET", a, 0}, {"HEAD", a, 0}, {"POST", a, 1}, {"POST", a, 1}, {"PUT", a, 1}, {"PUT", b, 2}, {"GET", b, 2}} {
		answer(t, tt.method, live.Await(tt.region, nil, pagetest.Value(0, "rows"), html))
		if got := strings.Count(log.String(), "not a GET"); got != tt.want {
			t.Errorf("%d warnings after %s of %s, want %d:\n%s", got, tt.method, tt.region.Name, tt.want, log.String())
		}
	}
	for _, want := range []string{"region=method-a method=POST", "region=method-b method=PUT"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("warnings %s, want %s", log.String(), want)
		}
	}

	t.Run("made-up methods and names leave at most 100 warnings", func(t *testing.T) {
		live.ForgetWarnings()
		log.Reset()
		for i := range 300 {
			r := a
			answer(t, fmt.Sprintf("M%d", i), live.Await(r, nil, pagetest.Value(0, "rows"), html))
			r.Name = fmt.Sprintf("r%d", i)
			answer(t, "POST", live.Await(r, nil, pagetest.Value(0, "rows"), html))
		}
		if got := strings.Count(log.String(), "not a GET"); got != 100 {
			t.Errorf("%d warnings, want 100", got)
		}
	})
}

func TestLogger(t *testing.T) {
	var own strings.Builder
	global := testkit.WatchLog(t)
	r := board
	r.Position = func(context.Context) (string, error) { return "", errBoom }
	answer(t, "GET", live.Await(r, nil, pagetest.Value(0, "rows"), html))
	if want := "region=board error=boom"; !strings.Contains(global.String(), want) {
		t.Errorf("slog.Default got %q, want %s", global.String(), want)
	}
	global.Reset()
	r.Logger = slog.New(slog.NewTextHandler(&own, nil))
	answer(t, "GET", live.Await(r, nil, pagetest.Value(0, "rows"), html))
	if want := "region=board error=boom"; !strings.Contains(own.String(), want) || global.String() != "" {
		t.Errorf("Logger got %q, slog.Default %q, want %s in the Logger only", own.String(), global.String(), want)
	}
}
