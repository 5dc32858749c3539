package main

import (
	"context"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/rivulet-go/rivulet/examples/demo/flights"
)

// TestScreenshotsOfTheOtherPages takes the pictures in testdata, with all
// flights, in both colour schemes; those with phone in the name are 360 pixels
// wide and as long as the page. They must show:
//
//	start         four answers and a fifth within the fourth, and the timeline of this page with seven rows of bars
//	start-order   the same, each part sent when those above it had left
//	board         one guest, one open board, figures with bars, the latest pages, no warning of a lost connection
//	board-lost    the same page after somebody else has signed and the server has stopped: a second guest, and that the connection is lost
//	search        what was typed, the number of movies, a list with the words marked
//	search-htmx   the same page, fetched by htmx
func TestScreenshotsOfTheOtherPages(t *testing.T) {
	if !*update {
		t.Skip("make screenshots takes them")
	}
	db, err := flights.Open(t.Context(), flights.Dir(), t.Output())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for name, dark := range map[string]bool{"light": false, "dark": true} {
		t.Run(name, func(t *testing.T) {
			s := someStock(t, db, nil)
			server := httptest.NewServer(site(s))
			defer server.Close()
			ctx := chromium(t)
			shoot := func(what, path, complete string) {
				t.Helper()
				for _, size := range []struct {
					name          string
					width, height int64
				}{{"", 1280, 900}, {"-phone", 360, 740}} {
					if err := chromedp.Do(ctx, chromedp.EmulateViewport(size.width, size.height), prefer(dark), leave(), visit(server.URL+path)); err != nil {
						t.Fatal(err)
					}
					await(ctx, t, "!globalThis.left && "+complete)
					file := filepath.Join("testdata", what+size.name+"-"+name+".png")
					if size.name == "" {
						shoot(ctx, t, file)
						continue
					}
					if err := chromedp.Do(ctx, chromedp.Sleep(500*time.Millisecond)); err != nil { // it fades in
						t.Fatal(err)
					}
					png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
					if err != nil {
						t.Fatal(err)
					}
					write(t, file, png)
				}
			}
			const drawn = `document.querySelectorAll(".picture tbody tr").length == 7`
			shoot("start", "/", drawn)
			shoot("start-order", "/?mode=order", drawn)
			shoot("search", "/search?q=star+w", `document.querySelectorAll("#results mark").length > 2`)
			shoot("search-htmx", "/search/htmx?q=kubrick", `document.querySelectorAll("#results tbody tr").length > 2`)
			sign(t, server.URL, "Ada", "Hello from the other window.")
			shoot("board", "/board", `document.querySelector(".figures div:nth-child(2) dd")?.textContent == "1" && document.querySelectorAll(".guest").length == 1`)
			sign(t, server.URL, "Grace", "And from here.")
			await(ctx, t, `document.querySelectorAll(".guest").length == 2`)
			shut(t, s.board)
			server.Listener.Close()
			await(ctx, t, `document.documentElement.dataset.live == "lost"`)
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900), chromedp.Sleep(500*time.Millisecond)); err != nil {
				t.Fatal(err)
			}
			snap := filepath.Join("testdata", "board-lost-"+name+".png")
			png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
			if err != nil {
				t.Fatal(err)
			}
			write(t, snap, png)
		})
	}
}

// leave marks the page that is shown, so that it is not taken for the next.
func leave() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, runtime.Evaluate, runtime.EvaluateParams{Expression: "globalThis.left = true"})
		return err
	})
}

// noScript turns off the scripts of pages.
func noScript() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
}
