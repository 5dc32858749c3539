package main

import (
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestTheLabLeadsOn follows the redirects of the lab, in time and too late.
func TestTheLabLeadsOn(t *testing.T) {
	server := httptest.NewServer(site(someStock(t, nil, nil)))
	defer server.Close()
	const there = `location.pathname == "/lab/target" && document.title == "You were redirected · Rivulet demo"`
	for name, query := range map[string]string{
		"in time":  "card=moved&card.ms=200&card.critical=1&item=succeed&item.ms=5000&rows=succeed",
		"too late": "card=moved&card.ms=200&item=succeed&item.ms=5000&rows=succeed",
	} {
		t.Run("in Chromium "+name, func(t *testing.T) {
			ctx := chromium(t)
			if err := chromedp.Do(ctx, visit(server.URL+"/lab?"+query)); err != nil {
				t.Fatal(err)
			}
			await(ctx, t, there)
		})
		t.Run("in Chromium without script "+name, func(t *testing.T) {
			ctx := chromium(t)
			if err := chromedp.Do(ctx, noScript(), visit(server.URL+"/lab?"+query)); err != nil {
				t.Fatal(err)
			}
			ask(ctx, t, there)
		})
		t.Run("in Firefox "+name, func(t *testing.T) {
			f := firefox(t, false)
			f.must(t, "WebDriver:Navigate", map[string]any{"url": server.URL + "/lab?" + query})
			f.await(t, there)
		})
	}
}

// TestTheLabIsCut cuts a page behind its shell and within a chunk. With scripts, all
// parts come; without, the notice does.
func TestTheLabIsCut(t *testing.T) {
	server := httptest.NewServer(site(someStock(t, nil, nil)))
	defer server.Close()
	const (
		whole  = `document.querySelectorAll(".arrived + p").length == 3 && !document.querySelector(".rv-skeleton") && !!document.documentElement.dataset.whole`
		notice = `getComputedStyle(document.querySelector(".rv-overdue")).visibility == "visible" && document.querySelectorAll(".rv-skeleton").length >= 2`
	)
	for _, at := range []string{"shell", "chunk"} {
		url := server.URL + "/lab/cut?at=" + at
		t.Run("in Chromium behind or within the "+at, func(t *testing.T) {
			ctx := chromium(t)
			if err := chromedp.Do(ctx, visit(url)); err != nil {
				t.Fatal(err)
			}
			await(ctx, t, whole)
		})
		t.Run("in Chromium without script behind or within the "+at, func(t *testing.T) {
			ctx := chromium(t)
			if err := chromedp.Do(ctx, noScript(), visit(url)); err != nil {
				t.Fatal(err)
			}
			ask(ctx, t, notice)
		})
		t.Run("in Firefox behind or within the "+at, func(t *testing.T) {
			f := firefox(t, false)
			f.must(t, "WebDriver:Navigate", map[string]any{"url": server.URL + "/lab/target"})
			f.eval(t, "location = '"+url+"'", &struct{}{}) // Navigate would wait for the end of the page
			f.await(t, whole)
		})
	}
}
