package main

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestAPanelIsShownAnew chooses another airport. Only its panel is requested.
func TestAPanelIsShownAnew(t *testing.T) {
	db := someFlights(t)
	var pages, panels atomic.Int64
	demo := site(someStock(t, db, nil))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path != "/dashboard":
		case r.Header.Get("Rivulet") == "airport":
			panels.Add(1)
		default:
			pages.Add(1)
		}
		demo.ServeHTTP(w, r)
	}))
	defer server.Close()
	ctx := chromium(t)
	said := complaints(ctx, t)
	if err := chromedp.Do(ctx, visit(server.URL+"/dashboard?airport=ATL")); err != nil {
		t.Fatal(err)
	}
	await(ctx, t, `document.readyState == "complete" && !!document.querySelector("#airport table")`)
	run(ctx, t, `globalThis.same = 1; document.querySelector("#choose").value = "DFW"; document.querySelector("[data-refresh=airport]").click()`)
	await(ctx, t, `location.search.includes("airport=DFW") && !document.querySelector("[aria-busy]") && document.querySelector("#airport").textContent.includes("Atlanta")`)
	await(ctx, t, `globalThis.same == 1 && document.querySelector("#choose").value == "DFW"`)
	if p, q := pages.Load(), panels.Load(); p != 1 || q != 1 {
		t.Errorf("%d pages and %d panels were requested, want 1 and 1", p, q)
	}
	if got := said(); len(got) > 0 {
		t.Errorf("Chromium's console says %q, want nothing", got)
	}
}
