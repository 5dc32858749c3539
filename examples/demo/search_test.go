package main

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// searched are the pages of the search.
var searched = []string{"/search", "/search/htmx"}

const (
	// found holds when the list is that of "kubrick shi", and was fetched.
	found = `document.querySelectorAll("#results tbody tr").length == 1 &&
		document.querySelector("#results tbody th").textContent.includes("The Shining") &&
		document.querySelector("#count").textContent.includes("One movie.") &&
		document.querySelector("#count").textContent.includes("sent whole")`
	// streamed holds when it came with the page.
	streamed = `document.querySelectorAll("#results tbody tr").length == 1 &&
		document.querySelector("#results tbody th").textContent.includes("The Shining") &&
		document.querySelector("#count").textContent.includes("Came with the page.")`
)

func TestTheSearchIsWorkedByKeyboardInChromium(t *testing.T) {
	server := httptest.NewServer(site(someStock(t, nil, nil)))
	defer server.Close()
	for _, path := range searched {
		t.Run(path, func(t *testing.T) {
			ctx := chromium(t)
			said := complaints(ctx, t)
			if err := chromedp.Do(ctx, visit(server.URL+path)); err != nil {
				t.Fatal(err)
			}
			await(ctx, t, `document.readyState == "complete" && document.activeElement.id == "q"`)
			for _, key := range "kubrick shi" {
				if err := chromedp.Do(ctx, chromedp.KeyEvent(string(key))); err != nil {
					t.Fatal(err)
				}
			}
			await(ctx, t, found+` && document.activeElement.id == "q"`)
			if path == "/search" {
				await(ctx, t, `location.search == "?q=kubrick+shi"`)
			}
			if got := said(); len(got) > 0 {
				t.Errorf("the console says %q, want nothing", got)
			}
		})
	}
}

func TestTheSearchIsWorkedByKeyboardInFirefox(t *testing.T) {
	server := httptest.NewServer(site(someStock(t, nil, nil)))
	defer server.Close()
	f := firefox(t, false)
	for _, path := range searched {
		t.Run(path, func(t *testing.T) {
			f.must(t, "WebDriver:Navigate", map[string]any{"url": server.URL + path})
			f.await(t, `location.pathname == "`+path+`" && document.readyState == "complete"`)
			f.enter(t, "#q", "kubrick shi")
			f.await(t, found)
			if got := f.complaints(t, server.URL); len(got) > 0 {
				t.Errorf("the console says %q, want nothing", got)
			}
		})
	}
}

func TestTheSearchWorksWithoutScript(t *testing.T) {
	server := httptest.NewServer(site(someStock(t, nil, nil)))
	defer server.Close()
	ctx := chromium(t)
	if err := chromedp.Do(ctx, noScript(), visit(server.URL+"/search")); err != nil {
		t.Fatal(err)
	}
	ask(ctx, t, `document.readyState == "complete" && document.activeElement.id == "q"`)
	if err := chromedp.Do(ctx, chromedp.KeyEvent("kubrick shi\r")); err != nil {
		t.Fatal(err)
	}
	ask(ctx, t, `location.search == "?q=kubrick+shi" && `+streamed)
}

// ask is await for a page whose scripts are off: what the test evaluates runs
// there, but nothing that waits.
func ask(ctx context.Context, t *testing.T, condition string) {
	t.Helper()
	for {
		holds, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+condition+")"))
		if err == nil && holds {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("waiting for %s: %v", condition, err)
		}
		if err := chromedp.Do(ctx, chromedp.Sleep(50*time.Millisecond)); err != nil {
			t.Fatalf("waiting for %s: %v", condition, err)
		}
	}
}
