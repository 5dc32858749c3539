package browsertest_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/nodetest"
	"github.com/rivulet-go/rivulet/internal/e2e/pagebench"
	"github.com/rivulet-go/rivulet/internal/testkit"
)

// scriptBudget limits the script time of a page whose chunks come at once, by React's. The
// benchmark fails if the budget is missed by more than a fifth.
const scriptBudget = 1.0

var scriptRounds = flag.Int("scriptrounds", 30, "rounds of BenchmarkScriptTime with all chunks at once; chunks one by one have a third of them")

// BenchmarkScriptTime compares the CPU time that a page of 100 boundaries takes in a
// Chromium without patching with that of React's stream of the same page, without
// hydration. Both send the shell and, when the browser has painted it, the chunks: all
// in one write, or each in its own, 20 ms apart. Each load has a new tab. The pages
// take turns, and the medians count.
//
// The script-ratio compares the time in which scripts run. The rows are parsed, styled
// and laid out on both sides. Chromium counts compilation apart, which favors React: it
// sends a script with each chunk. Chunks one by one have no budget, since React shows a
// batch each 300 ms and the runtime shows each chunk.
func BenchmarkScriptTime(b *testing.B) {
	sides := map[string]streamed{"ours": oursOf(b, pagebench.P100), "react": reactOf(b, pagebench.P100)}
	painted := make(chan struct{}, 1)
	mux := http.NewServeMux()
	for name, page := range sides {
		mux.Handle("GET /at-once/"+name, page.after(painted, len(page.Chunks)))
		mux.Handle("GET /one-by-one/"+name, page.after(painted, 1))
	}
	server := httptest.NewServer(mux)
	b.Cleanup(server.Close) // after the browser has ended
	browser := unpatched(b)
	compare := func(b *testing.B, url string, rounds int) (ratios []float64) {
		took := map[string][]float64{} // ms of each metric of each side
		var compiled, threads []float64
		for range rounds {
			ours, list := load(b, browser, url+"ours", painted)
			theirs, theirList := load(b, browser, url+"react", painted)
			if list != theirList || strings.Count(list, "<li ") != 400 || strings.Contains(list, "Loading") {
				b.Fatalf("the lists end as\n%s\nand\n%s", list, theirList)
			}
			for metric, unit := range scriptMetrics {
				took["ours-"+unit] = append(took["ours-"+unit], ours[metric]*1000)
				took["react-"+unit] = append(took["react-"+unit], theirs[metric]*1000)
			}
			script, compile, task := "ScriptDuration", "V8CompileDuration", "TaskDuration"
			ratios = append(ratios, ours[script]/theirs[script])
			compiled = append(compiled, (ours[script]+ours[compile])/(theirs[script]+theirs[compile]))
			threads = append(threads, ours[task]/theirs[task])
		}
		for unit, ms := range took {
			b.ReportMetric(testkit.Median(ms), unit)
		}
		b.ReportMetric(testkit.Median(compiled), "with-compilation-ratio")
		b.ReportMetric(testkit.Median(threads), "main-thread-ratio")
		b.ReportMetric(0, "ns/op") // which has the waits between the loads
		return ratios
	}
	b.Run("at-once", func(b *testing.B) {
		for b.Loop() {
			testkit.Budget(b, "script-ratio", compare(b, server.URL+"/at-once/", *scriptRounds), scriptBudget)
		}
	})
	b.Run("one-by-one", func(b *testing.B) {
		for b.Loop() {
			b.ReportMetric(testkit.Median(compare(b, server.URL+"/one-by-one/", (*scriptRounds+2)/3)), "script-ratio")
		}
	})
}

// scriptMetrics are the metrics of Chromium that the benchmark reports, by its units.
// The last has the others in it.
var scriptMetrics = map[string]string{
	"ScriptDuration":      "script-ms",
	"V8CompileDuration":   "compile-ms",
	"RecalcStyleDuration": "style-ms",
	"LayoutDuration":      "layout-ms",
	"TaskDuration":        "task-ms",
}

// A streamed is a page as it was sent.
type streamed struct {
	Shell  string
	Chunks []string // and the end of the page
}

// after sends n chunks in each write when the shell has been painted.
func (s streamed) after(painted <-chan struct{}, n int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		send := func(html string) {
			io.WriteString(w, html)
			_ = http.NewResponseController(w).Flush() // fails when the browser has left
		}
		send(s.Shell)
		select {
		case <-painted:
		case <-r.Context().Done():
			return
		}
		for some := range slices.Chunk(s.Chunks, n) {
			send(strings.Join(some, ""))
			time.Sleep(20 * time.Millisecond)
		}
	}
}

func oursOf(b *testing.B, p pagebench.Page) streamed {
	b.Helper()
	w := &shellRecorder{ResponseRecorder: httptest.NewRecorder()}
	pagebench.Suspended.Handler(p).ServeHTTP(w, httptest.NewRequestWithContext(b.Context(), "GET", "/", nil))
	return streamed{w.shell, strings.SplitAfter(strings.TrimPrefix(w.Body.String(), w.shell), "<!/>")}
}

// A shellRecorder keeps what was sent before the first flush.
type shellRecorder struct {
	*httptest.ResponseRecorder
	shell string
}

func (w *shellRecorder) Flush() {
	w.shell = cmp.Or(w.shell, w.Body.String())
}

func reactOf(b *testing.B, p pagebench.Page) (s streamed) {
	b.Helper()
	dir := filepath.Join("testdata", "react")
	boundaries, err := json.Marshal(p.Boundaries)
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(b.Context(), nodetest.Node(b, dir), "page.mjs")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "NODE_ENV=production")
	cmd.Stdin = bytes.NewReader(boundaries)
	cmd.Stderr = b.Output()
	said, err := cmd.Output()
	if err != nil {
		b.Fatal(err)
	}
	if err := json.Unmarshal(said, &s); err != nil {
		b.Fatal(err)
	}
	return s
}

// unpatched starts a Chromium without patching. A driver asks it for its metrics,
// unlike the browsers of the scenarios.
func unpatched(b *testing.B) context.Context {
	b.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.ExecPath(browsertest.ChromiumRuntime().Path(b)), chromedp.Flag("disable-blink-features", browsertest.Patching))
	ctx, cancel := chromedp.NewExecAllocator(b.Context(), options...)
	b.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	b.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		b.Fatal(err)
	}
	return ctx
}

// load loads the page in a new tab and returns its metrics and, without comments and
// spaces between elements, its list.
func load(b *testing.B, browser context.Context, url string, painted chan<- struct{}) (metrics map[string]float64, list string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(browser, browsertest.Patience)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	var result performance.GetMetricsResult
	err := chromedp.Do(ctx,
		chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			_, err := cdp.Call(ctx, tab, performance.Enable, performance.EnableParams{TimeDomain: performance.EnableTimeDomainThreadTicks})
			return err
		}),
		reached("firstContentfulPaint", func(ctx context.Context, tab *chromedp.Target) error {
			_, err := cdp.Call(ctx, tab, page.Navigate, page.NavigateParams{URL: url})
			return err
		}),
		// Half a second after the last byte, when React has revealed the last batch.
		reached("networkIdle", func(context.Context, *chromedp.Target) error {
			painted <- struct{}{}
			return nil
		}),
		chromedp.Func(func(ctx context.Context, tab *chromedp.Target) (err error) {
			result, err = cdp.Call(ctx, tab, performance.GetMetrics, cdp.Empty{})
			return err
		}))
	if err != nil {
		b.Fatal(err)
	}
	list, err = chromedp.Run(ctx, chromedp.Evaluate[string](
		`document.getElementById("list").innerHTML.replace(/<!--.*?-->/g, "").replace(/>\s+</g, "><")`))
	if err != nil {
		b.Fatal(err)
	}
	metrics = map[string]float64{}
	for _, m := range result.Metrics {
		metrics[m.Name] = m.Value
	}
	return metrics, list
}

// reached waits for an event in the life of the page.
func reached(name string, trigger func(context.Context, *chromedp.Target) error) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := chromedp.Run(ctx, chromedp.WaitEvent(page.LifecycleEvent,
			func(e page.EventLifecycleEvent) bool { return e.Name == name }, chromedp.Func(trigger)))
		return err
	})
}
