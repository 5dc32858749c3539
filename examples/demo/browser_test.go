package main

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

var update = flag.Bool("update", false, "take the screenshots in testdata again")

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

// theChromium is the tab that Chromium opens by itself, or nil until a test needs
// the browser.
var theChromium context.Context

// chromium opens a tab with a profile of its own, which ends with the test. All
// tests share the browser, unless one fails: the next gets another browser.
func chromium(t *testing.T) context.Context {
	t.Helper()
	if theChromium == nil {
		theChromium = startChromium(t)
	}
	ctx, cancel := context.WithTimeout(theChromium, 5*time.Minute)
	t.Cleanup(func() {
		if t.Failed() {
			theChromium = nil
		}
	})
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	return ctx
}

// startChromium starts a headless browser, which ends with the last test.
func startChromium(t *testing.T) context.Context {
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
	ctx, end := chromedp.NewExecAllocator(context.Background(), options...)
	atEnd(end)
	ctx, end = chromedp.NewContext(ctx)
	atEnd(end)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	return ctx
}
