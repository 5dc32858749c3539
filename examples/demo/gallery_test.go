package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/rivulet-go/rivulet/examples/demo/chat"
)

func TestEveryLinkOfTheGalleryAnswers(t *testing.T) {
	handler := site(someStock(t, flightsOf(t, 300), &chat.Endpoint{}))
	get := func(target string) (w *httptest.ResponseRecorder) {
		w = httptest.NewRecorder()
		defer func() { // the pages that are cut
			if v := recover(); v != nil && v != http.ErrAbortHandler {
				panic(v)
			}
		}()
		handler.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
		return w
	}
	// All other links are answered with 200.
	decided := map[string]int{
		"/airports/ATX": http.StatusNotFound,
		"/airports/BAL": http.StatusMovedPermanently,
		"/lab?card=down&card.ms=800&card.critical=1": http.StatusServiceUnavailable,
	}
	// answers answer each target once, and begin at the same time: most of the time, a
	// page waits for its parts.
	answers := map[string]chan *httptest.ResponseRecorder{}
	_, page, _ := strings.Cut(get("/gallery").Body.String(), "<main")
	seen := map[string]bool{}
	links := regexp.MustCompile(`<a[^>]* href="([^"]+)"`).FindAllStringSubmatch(page, -1)
	for _, m := range links {
		target, _, _ := strings.Cut(strings.ReplaceAll(m[1], "&amp;", "&"), "#")
		if target == "" || answers[target] != nil {
			continue
		}
		answer := make(chan *httptest.ResponseRecorder, 1)
		answers[target] = answer
		go func() { answer <- get(target) }() // the test waits for each
	}
	for _, m := range links {
		link, err := url.Parse(strings.ReplaceAll(m[1], "&amp;", "&"))
		if err != nil {
			t.Fatal(err)
		}
		fragment := link.Fragment
		link.Fragment = ""
		target := link.String()
		if seen[m[1]] {
			continue
		}
		seen[m[1]] = true
		t.Run(m[1], func(t *testing.T) {
			body := page
			if target != "" {
				want := http.StatusOK
				if code := decided[target]; code != 0 {
					want = code
					delete(decided, target)
				}
				w := <-answers[target]
				answers[target] <- w // for other fragments
				if body = w.Body.String(); w.Code != want {
					t.Errorf("%s is answered with %d, want %d", target, w.Code, want)
				}
			}
			if fragment != "" && !strings.Contains(body, ` id="`+fragment+`"`) {
				t.Errorf("the page has nothing with the id %s", fragment)
			}
		})
	}
	if len(seen) < 25 || len(decided) > 0 {
		t.Errorf("the gallery has %d links, and none to %v", len(seen), decided)
	}
}

func TestThePartsOfTheGalleryAreRequestedAgain(t *testing.T) {
	server := httptest.NewServer(site(someStock(t, nil, &chat.Endpoint{})))
	defer server.Close()
	ctx := chromium(t)
	said := complaints(ctx, t)
	if err := chromedp.Do(ctx, visit(server.URL+"/gallery")); err != nil {
		t.Fatal(err)
	}
	await(ctx, t, `document.readyState == "complete" && document.documentElement.dataset.live != null && document.querySelector("#error-card a[data-refresh]") != null`)
	run(ctx, t, `document.querySelector("#error-card a[data-refresh]").click()`)
	await(ctx, t, `document.querySelector("#error-card .live").textContent.includes("This time it worked.")`)
	for _, row := range []struct{ card, ask string }{
		{"refresh", `document.querySelector("[data-refresh=die]").click()`}, // it may show the same number again
		{"event", `dispatchEvent(new Event("visibilitychange"))`},
		{"every", ""},
	} {
		run(ctx, t, `globalThis.patched = false; document.querySelector("#`+row.card+` .live").addEventListener("rivulet:patch", () => patched = true); `+row.ask)
		await(ctx, t, "patched")
	}
	if got := said(); len(got) > 0 {
		t.Errorf("the console says %q, want nothing", got)
	}
}
