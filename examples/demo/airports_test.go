package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/internal/testkit"
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
	for _, path := range []string{"/", "/dashboard", "/airports/ATL", "/lab", "/chat", "/board", "/search", "/source/lab"} {
		if got := get("", path).Body.String(); !strings.Contains(got, refresh) {
			t.Errorf("%s = %s\nwant it to lead readers without scripts on", path, got)
		}
		answer := get("rivulet=in-order", path)
		if got := answer.Body.String(); strings.Contains(got, refresh) || strings.Contains(got, "<template for") {
			t.Errorf("%s = %s\nwant it in order", path, got)
		}
	}
}

func TestAirports(t *testing.T) {
	log := testkit.WatchLog(t)
	server := httptest.NewServer(site(someStock(t, flightsOf(t, 300), nil)))
	defer server.Close()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
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
					r, _ := http.NewRequestWithContext(t.Context(), method, server.URL+tt.path, nil)
					r.Header.Set("User-Agent", agent)
					r.Header.Set("Accept", "text/html")
					if name == "in order" {
						r.Header.Set("Cookie", "rivulet=in-order")
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
					if answer.StatusCode != tt.status || answer.Header.Get("Location") != tt.location {
						t.Errorf("status = %d to %q, want %d to %q", answer.StatusCode, answer.Header.Get("Location"), tt.status, tt.location)
					}
					streams := answer.Header.Get("X-Accel-Buffering") == "no" // a whole page does not say it
					if tt.status == 200 && streams != (agent == firefoxAgent) {
						t.Errorf("streamed = %v", streams)
					}
					if tt.status == 301 || method == "HEAD" {
						if len(body) > 0 {
							t.Errorf("body = %q, want none", body)
						}
						return
					}
					html := regexp.MustCompile(`<\?[^>]*>`).ReplaceAllString(string(body), "") // without markers
					for _, want := range append(tt.has, "<title>"+tt.title+" · Rivulet demo</title>", "</html>") {
						if !strings.Contains(html, want) {
							t.Errorf("page = %s\nwant it to hold %s", html, want)
						}
					}
					if n := strings.Count(html, "<title>"); n != 1 {
						t.Errorf("page = %s\nhas %d titles, want one that is right from the start", html, n)
					}
				})
			}
		}
	}
	server.Close() // the responses have ended
	if got := log.String(); got != "" {
		t.Errorf("log = %s, want nothing: a wrong address is no fault", got)
	}
}
