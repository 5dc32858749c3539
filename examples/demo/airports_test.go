package main

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/streamtest"
)

// The User-Agents of a browser and of a crawler.
const (
	firefoxAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:160.0) Gecko/20100101 Firefox/160.0"
	googlebot    = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
)

func TestAReaderWithoutScriptsGetsPagesInOrder(t *testing.T) {
	handler := site(someStock(t, flightsOf(t, 300), nil))
	get := func(cookie, path string) *httptest.ResponseRecorder {
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", path, nil)
		r.Header.Set("User-Agent", firefoxAgent)
		r.Header.Set("Accept", "text/html")
		r.Header.Set("Cookie", cookie)
		handler.ServeHTTP(w, r)
		return w
	}
	const refresh = `<noscript><meta http-equiv="refresh"`
	for _, path := range []string{"/", "/dashboard", "/airports/ATL", "/lab", "/chat", "/board", "/search", "/source/lab", "/gallery"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel() // most of the time, a page waits for its parts
			if got := get("", path).Body.String(); !strings.Contains(got, refresh) {
				t.Errorf("%s = %s\nwant it to lead readers without scripts on", path, got)
			}
			answer := get("rivulet=in-order", path)
			if got := answer.Body.String(); strings.Contains(got, refresh) || strings.Contains(got, "<template for") {
				t.Errorf("%s = %s\nwant it in order", path, got)
			}
		})
	}
}

func TestAirports(t *testing.T) {
	log := testkit.WatchLog(t)
	handler := site(someStock(t, flightsOf(t, 300), nil))
	for _, tt := range []struct {
		path, location, title string
		status                int
		has                   []string
	}{
		{"/airports", "", "Airports", 200, []string{`href="/airports/ATL"`, `href="/airports/BAL"`, `href="/airports/XYZ"`}},
		{"/airports/ATL", "", "William B Hartsfield-Atlanta Intl (ATL)", 200, []string{
			`<meta name="description" content="Departures from William B Hartsfield-Atlanta Intl in Atlanta, GA:`,
			`<link rel="canonical" href="/airports/ATL">`, "were late", "William B Hartsfield-Atlanta Intl (ATL)</h1>",
		}},
		{"/airports/MQT", "", "Marquette County Airport (MQT)", 200, []string{"the United States"}},
		{"/airports/XYZ", "", "No airport XYZ", 404, []string{"no airport with this code", `href="/airports"`, `class="skip"`}},
		{"/airports/AT", "", "No airport AT", 404, []string{"no airport with this code"}},
		{"/airports/ATX", "", "No airport ATX", 404, []string{`href="/airports/ATL"`}},
		{"/airports/boston", "", "No airport BOSTON", 404, []string{`href="/airports/BOS"`}},
		{"/airports/%3Cscript%3E", "", "No airport &lt;SCRIPT&gt;", 404, nil},
		{"/airports/BAL", "/airports/BWI", "", 301, nil},
		{"/airports/idl", "/airports/JFK", "", 301, nil},
		{"/airports/atl", "/airports/ATL", "", 301, nil},
	} {
		for name, agent := range map[string]string{"streamed": firefoxAgent, "in order": firefoxAgent, "for a crawler": googlebot} {
			for _, method := range []string{"GET", "HEAD"} {
				t.Run(method+" "+tt.path+" "+name, func(t *testing.T) {
					r := httptest.NewRequest(method, tt.path, nil)
					r.Header.Set("User-Agent", agent)
					r.Header.Set("Accept", "text/html")
					if name == "in order" {
						r.Header.Set("Cookie", "rivulet=in-order")
					}
					page := streamtest.Do(t, handler, r)

					if page.Status != tt.status || page.Redirect != tt.location {
						t.Errorf("status = %d to %q, want %d to %q", page.Status, page.Redirect, tt.status, tt.location)
					}
					streams := page.Header.Get("X-Accel-Buffering") == "no" // a whole page does not say it
					if tt.status == 200 && streams != (agent == firefoxAgent) {
						t.Errorf("streamed = %v", streams)
					}
					if tt.status == 301 || method == "HEAD" {
						if page.Body != "" {
							t.Errorf("body = %q, want none", page.Body)
						}
						return
					}
					for _, want := range append(tt.has, "<title>"+tt.title+" · Rivulet demo</title>", "</html>") {
						if !strings.Contains(page.HTML, want) {
							t.Errorf("the page lacks %s\n%s", want, page)
						}
					}
					if n := strings.Count(page.HTML, "<title>"); n != 1 {
						t.Errorf("the page has %d titles, want one that is right from the start\n%s", n, page)
					}
				})
			}
		}
	}
	if got := log.String(); got != "" {
		t.Errorf("log = %s, want nothing: a wrong address is no fault", got)
	}
}
