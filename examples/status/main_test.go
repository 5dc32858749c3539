package main

import (
	"cmp"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestStatus(t *testing.T) {
	server := httptest.NewServer(routes())
	defer server.Close()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	const (
		session = "Cookie: session=Ada"
		htmx    = "Hx-Request: true"
		crawler = "User-Agent: Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
	)
	for _, tt := range []struct {
		name, path string
		header     []string
		status     int
		location   string
		has        string
	}{
		{"a product", "/products/lamp", nil, 200, "", "<title>A lamp – Shop</title>"},
		{"a product, for a crawler", "/products/lamp", []string{crawler}, 200, "", `<title>A lamp – Shop</title><link rel="canonical" href="/products/lamp">`},
		{"no product", "/products/chair", nil, 404, "", "We have a lamp."},
		{"no product, for a crawler", "/products/chair", []string{crawler}, 404, "", "We have a lamp."},
		{"no product, for htmx", "/products/chair", []string{htmx}, 404, "", "We have a lamp."},
		{"a product that has moved", "/products/light", nil, 301, "/products/lamp", ""},
		{"a product that has moved, for a crawler", "/products/light", []string{crawler}, 301, "/products/lamp", ""},
		{"an account", "/account", []string{session}, 200, "", "Hello, Ada"},
		{"an account without a session", "/account", nil, 303, "/login", ""},
		{"an account without a session, for htmx", "/account", []string{htmx}, 204, "", ""},
		{"the login", "/login", nil, 200, "", "<title>Shop</title>"},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			t.Run(method+" "+tt.name, func(t *testing.T) {
				r, _ := http.NewRequestWithContext(t.Context(), method, server.URL+tt.path, nil)
				r.Header.Set("Accept", "text/html")
				for _, line := range tt.header {
					name, value, _ := strings.Cut(line, ": ")
					r.Header.Set(name, value)
				}
				answer, err := client.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				defer answer.Body.Close()
				body, err := io.ReadAll(answer.Body)
				if err != nil {
					t.Fatal(err)
				}
				if got := answer.Header.Get("Location"); answer.StatusCode != tt.status || got != tt.location {
					t.Errorf("status = %d to %q, want %d to %q", answer.StatusCode, got, tt.status, tt.location)
				}
				if method == "GET" && !strings.Contains(string(body), tt.has) {
					t.Errorf("page = %s\nwant it to hold %s", body, tt.has)
				}
				if tt.status == 204 && answer.Header.Get("HX-Redirect") != "/login" {
					t.Errorf("header = %v, want an HX-Redirect to the login", answer.Header)
				}
				cookies := len(answer.Cookies()) > 0
				if want := len(tt.header) > 0 && tt.header[0] == session; cookies != want {
					t.Errorf("cookies = %v, want any: %v", answer.Cookies(), want)
				}
				if got := cmp.Or(answer.Header.Get("Cache-Control"), "unset"); got != "unset" {
					t.Errorf("Cache-Control = %q, want it unset: the page has set none", got)
				}
			})
		}
	}
}
