package main

import (
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/rivulet-go/rivulet/stream/streamtest"
)

func TestStatus(t *testing.T) {
	const (
		session = "Cookie: session=Ada"
		htmx    = "Hx-Request: true"
		crawler = "User-Agent: Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
	)
	for _, tt := range []struct {
		name, path string
		header     string
		status     int
		location   string
		has        string
	}{
		{"a product", "/products/lamp", "", 200, "", "<title>A lamp – Shop</title>"},
		{"a product, for a crawler", "/products/lamp", crawler, 200, "", `<title>A lamp – Shop</title><link rel="canonical" href="/products/lamp">`},
		{"no product", "/products/chair", "", 404, "", "We have a lamp."},
		{"a URL that no pattern matches", "/nothing", "", 404, "", "We have a lamp."},
		{"no product, for a crawler", "/products/chair", crawler, 404, "", "We have a lamp."},
		{"no product, for htmx", "/products/chair", htmx, 404, "", "We have a lamp."},
		{"a product that has moved", "/products/light", "", 301, "/products/lamp", ""},
		{"a product that has moved, for a crawler", "/products/light", crawler, 301, "/products/lamp", ""},
		{"an account", "/account", session, 200, "", "Hello, Ada"},
		{"an account without a session", "/account", "", 303, "/login", ""},
		{"an account without a session, for htmx", "/account", htmx, 204, "", ""},
		{"the login", "/login", "", 200, "", "<title>Shop</title>"},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			t.Run(method+" "+tt.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					r := httptest.NewRequest(method, tt.path, nil)
					r.Header.Set("Accept", "text/html")
					if name, value, ok := strings.Cut(tt.header, ": "); ok {
						r.Header.Set(name, value)
					}
					page := streamtest.Do(t, routes(), r)

					if page.Status != tt.status || page.Redirect != tt.location {
						t.Errorf("status = %d to %q, want %d to %q", page.Status, page.Redirect, tt.status, tt.location)
					}
					if method == "GET" && !strings.Contains(page.HTML, tt.has) {
						t.Errorf("the page lacks %s\n%s", tt.has, page)
					}
					if tt.status == 204 && page.Header.Get("HX-Redirect") != "/login" {
						t.Errorf("header = %v, want an HX-Redirect to the login", page.Header)
					}
					if want := tt.header == session; len(page.Cookies()) > 0 != want {
						t.Errorf("cookies = %v, want any: %v", page.Cookies(), want)
					}
					if got, ok := page.Header["Cache-Control"]; ok {
						t.Errorf("Cache-Control = %q, want it unset: the page has set none", got)
					}
				})
			})
		}
	}
}

func TestTheReviewsComeLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		page := streamtest.Get(t, routes(), "/products/lamp")
		if !strings.Contains(page.Shell, "<h1>A lamp</h1>") || strings.Contains(page.Shell, "reviews") {
			t.Errorf("the shell is %s, want the product and no reviews", page.Shell)
		}
		if want := "<p>12 reviews</p>"; len(page.Chunks) != 1 || page.Chunks[0].HTML != want {
			t.Errorf("chunks = %v, want one with %s", page.Chunks, want)
		}
	})
}
