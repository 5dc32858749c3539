package main

import (
	"context"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

var update = flag.Bool("update", false, "take the screenshots in testdata again")

// moments are what a visitor sees over time: each comes when so many contents
// have arrived.
var moments = []struct {
	name    string
	arrived int
}{{"shell", 1}, {"half", 5}, {"done", 9}}

func TestInChromiumThePartsArriveAndNothingMoves(t *testing.T) {
	server := httptest.NewServer(site(someStock(t, nil)))
	defer server.Close()
	url := server.URL + "/river"
	if *update {
		url += "?slow=3" // time to pose
	}
	for name, size := range map[string][2]int64{"desk": {1280, 900}, "phone": {390, 844}} {
		t.Run(name, func(t *testing.T) {
			ctx := chromium(t)
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(size[0], size[1]), open(url)); err != nil {
				t.Fatal(err)
			}
			for _, m := range moments {
				arrived := fmt.Sprintf("document.querySelectorAll('.card:has(.arrived), #locks:has(.arrived)').length >= %d", m.arrived)
				if _, err := chromedp.Run(ctx, chromedp.Poll[bool](arrived)); err != nil {
					t.Fatalf("waiting for %s: %v", m.name, err)
				}
				if *update && name == "desk" {
					shoot(ctx, t, filepath.Join("testdata", m.name+".png"))
				}
			}
			faults, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`faults`))
			if err != nil || len(faults) > 0 {
				t.Errorf("faults = %q, %v, want none", faults, err)
			}
		})
	}
}

// watch runs before the page and collects what moves without the visitor's
// doing and what the Content-Security-Policy forbids.
const watch = `globalThis.faults = []
new PerformanceObserver(list => {
	for (const e of list.getEntries()) for (const s of e.sources)
		faults.push("moved: " + (s.node?.outerHTML ?? s.node?.data))
}).observe({type: "layout-shift"})
addEventListener("securitypolicyviolation", e => faults.push("forbidden: " + e.violatedDirective + " " + e.sample))`

// open leads the tab to url and does not wait for the page to end.
func open(url string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		script := page.AddScriptToEvaluateOnNewDocumentParams{Source: watch}
		if _, err := cdp.Call(ctx, tab, page.AddScriptToEvaluateOnNewDocument, script); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, tab, page.Navigate, page.NavigateParams{URL: url})
		return err
	})
}

// shoot writes what the tab shows, once what has arrived has faded in.
func shoot(ctx context.Context, t *testing.T, file string) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.Sleep(300*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	write(t, file, png)
}

func write(t *testing.T, file string, content []byte) {
	t.Helper()
	if err := os.WriteFile(file, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// chromium starts a headless browser with a profile of its own and ends it
// with the test.
func chromium(t *testing.T) context.Context {
	t.Helper()
	names := []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}
	i := slices.IndexFunc(names, func(name string) bool { _, err := exec.LookPath(name); return err == nil })
	if i < 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("Chromium is not installed")
		}
		t.Skip("Chromium is not installed: make test installs it as root, or apt-get install chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(names[i]), chromedp.NoSandbox)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}
