package stream_test

import (
	"crypto/tls"
	"fmt"
	entities "html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// scriptlessSite serves pages with a Scriptless in the head and a slow boundary.
func scriptlessSite(s stream.Scriptless) http.Handler {
	rd := stream.Renderer{Mode: s.Mode, Script: stream.NoScript()}
	return rd.Handler(stream.Component(templ.Join(
		templ.Raw("<head>"), s, templ.Raw("</head>"), page(slot(after(100*ms, templ.Raw("content")))),
	)))
}

// A reader is a browser without scripting and without patching.
type reader struct {
	site     http.Handler
	header   http.Header
	cookies  map[string]string // nil if they are off
	requests int
	last     *httptest.ResponseRecorder
}

var refresh = regexp.MustCompile(`<head><noscript><meta http-equiv="refresh" content="0;url=([^"<>]*)"></noscript></head>`)

// ask makes one request. from is the value of Sec-Fetch-Site.
func (b *reader) ask(method string, u *url.URL, from string) string {
	r := httptest.NewRequest(method, "/", nil)
	r.URL = u
	r.Header = b.header.Clone()
	r.Header.Set("Accept", "text/html")
	if from != "" {
		r.Header.Set("Sec-Fetch-Site", from)
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	b.requests++
	b.last = httptest.NewRecorder()
	b.site.ServeHTTP(b.last, r)
	for _, c := range b.last.Result().Cookies() {
		if b.cookies != nil {
			b.cookies[c.Name] = c.Value
		}
	}
	return b.last.Body.String()
}

// open follows refreshes until there are none, and returns the page and its URL.
func (b *reader) open(t *testing.T, u *url.URL) (string, *url.URL) {
	t.Helper()
	from := "none"
	for range 5 {
		body := b.ask("GET", u, from)
		if strings.Contains(body, "<head></head>") {
			return body, u
		}
		m := refresh.FindStringSubmatch(body)
		if m == nil {
			t.Fatalf("the page is %q, want a head with a refresh or an empty one", body)
		}
		target := entities.UnescapeString(m[1])
		if !strings.HasPrefix(target, "?") {
			t.Fatalf("the refresh leads to %q, want a query alone", target)
		}
		next := *u // which is what a browser makes of a query
		next.RawQuery, from = target[1:], "same-origin"
		u = &next
	}
	t.Fatalf("the page at %s refreshes itself for ever", u)
	return "", nil
}

func newReader(s stream.Scriptless) *reader {
	return &reader{site: scriptlessSite(s), header: make(http.Header), cookies: make(map[string]string)}
}

const inOrderPage = "<head></head><body>content</body>"

func TestScriptless(t *testing.T) {
	for _, tt := range []struct {
		name, path, query string
		want              string // the query of the page that is read
	}{
		{"no query", "/", "", "rivulet=in-order"},
		{"a query", "/a/b", "q=1&q=2", "q=1&q=2&rivulet=in-order"},
		{"a path that looks like a host", "//evil.example/x", "a", "a&rivulet=in-order"},
		{"the parameter with another value", "/", "rivulet=x", "rivulet=x&rivulet=in-order"},
		{"the parameter before another one", "/", "rivulet=in-order&a", "rivulet=in-order&a"},
		{"the parameter twice", "/", "rivulet=in-order&rivulet=in-order", "rivulet=in-order&rivulet=in-order"},
		{"the parameter in other words", "/", "rivulet=in%2Dorder", "rivulet=in%2Dorder&rivulet=in-order"},
		{"the parameter with a semicolon", "/", "rivulet=in-order;a", "rivulet=in-order;a&rivulet=in-order"},
		{"semicolons", "/", "a;b;url=//evil.example", "a;b;url=//evil.example&rivulet=in-order"},
		{"quotes and tags", "/", `"'><script>alert(1)</script>`, `%22%27%3E%3Cscript%3Ealert(1)%3C/script%3E&rivulet=in-order`},
		{"a fragment", "/", "a#b", "a%23b&rivulet=in-order"},
		{"white space", "/", "a\n\r\t b", "a%0A%0D%09%20b&rivulet=in-order"},
		{"a character reference", "/", "a&lt;b&quot=1", "a&lt;b&quot=1&rivulet=in-order"},
		{"other bytes", "/", "ü\xff\x00`\\", "%C3%BC%FF%00%60%5C&rivulet=in-order"},
		{"the longest that is repeated", "/", strings.Repeat("a", 4096), strings.Repeat("a", 4096) + "&rivulet=in-order"},
	} {
		for _, cookies := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, cookies %t", tt.name, cookies), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := newReader(stream.Scriptless{})
					if !cookies {
						b.cookies = nil
					}
					body, u := b.open(t, &url.URL{Path: tt.path, RawQuery: tt.query})
					if body != inOrderPage {
						t.Errorf("the page is %q, want %q", body, inOrderPage)
					}
					if u.Path != tt.path || u.RawQuery != tt.want || b.requests > 2 {
						t.Errorf("the page is at %q with %q after %d requests, want %q after at most 2", u.Path, u.RawQuery, b.requests, tt.want)
					}
					before, want := b.requests, 1
					if len(b.cookies) == 0 { // the address was typed, or cookies are off
						want = 2
					}
					if body, _ = b.open(t, &url.URL{Path: "/next"}); body != inOrderPage {
						t.Errorf("the next page is %q, want %q", body, inOrderPage)
					}
					if got := b.requests - before; got != want {
						t.Errorf("%d requests for the next page, want %d", got, want)
					}
				})
			})
		}
	}
}

func TestScriptlessHead(t *testing.T) {
	const current, old = `"Chromium";v="150", "Not.A/Brand";v="24"`, `"Not.A/Brand";v="999", "Chromium";v="149", "Google Chrome";v="149"`
	const varyStream = varyAccept + ", Cookie, Sec-Ch-Ua, Rivulet-Prefix"
	crawlers := stream.Scriptless{Next: stream.Crawlers(nil)}
	for _, tt := range []struct {
		name   string
		s      stream.Scriptless
		method string
		query  string
		header []string
		mode   string // what the head tells
		vary   string
		cookie string
	}{
		{name: "a browser", mode: "refresh", vary: varyStream},
		{name: "Chromium before 150", header: []string{"Sec-CH-UA", old}, mode: "refresh", vary: varyStream},
		{name: "Chromium 150", header: []string{"Sec-CH-UA", current}, mode: "stream", vary: varyStream},
		{name: "a browser that makes no sense", header: []string{"Sec-CH-UA", `"Chromium";v="x`}, mode: "refresh", vary: varyStream},
		{name: "a HEAD", method: "HEAD", mode: "", vary: varyAccept + ", Cookie, Sec-Ch-Ua"},
		{name: "a POST", method: "POST", mode: "stream", vary: varyAccept + ", Cookie, Rivulet-Prefix"},
		{name: "a POST with the parameter", method: "POST", query: "rivulet=in-order", mode: "stream", vary: varyAccept + ", Cookie, Rivulet-Prefix"},
		{name: "a POST with the cookie", method: "POST", header: []string{"Cookie", "rivulet=in-order"}, mode: "in order", vary: varyAccept + ", Cookie"},
		{name: "the cookie", header: []string{"Cookie", "a=b; rivulet=in-order"}, mode: "in order", vary: varyAccept + ", Cookie"},
		{name: "a cookie of that name", header: []string{"Cookie", "rivulet=x"}, mode: "refresh", vary: varyStream},
		{name: "two cookies of that name", header: []string{"Cookie", "rivulet=x; rivulet=in-order"}, mode: "in order", vary: varyAccept + ", Cookie"},
		{name: "a cookie that contains it", header: []string{"Cookie", "a=rivulet=in-order"}, mode: "refresh", vary: varyStream},
		{name: "the parameter", query: "rivulet=in-order", mode: "in order", vary: varyAccept + ", Sec-Fetch-Site", cookie: "rivulet=in-order; Path=/; SameSite=Lax"},
		{name: "the parameter, over TLS", s: stream.Scriptless{}, method: "TLS", query: "rivulet=in-order", mode: "in order", vary: varyAccept + ", Sec-Fetch-Site", cookie: "rivulet=in-order; Path=/; Secure; SameSite=Lax"},
		{name: "the parameter, in a link of another site", query: "rivulet=in-order", header: []string{"Sec-Fetch-Site", "cross-site"}, mode: "in order", vary: varyAccept + ", Sec-Fetch-Site"},
		{name: "the parameter, in a link from a message", query: "rivulet=in-order", header: []string{"Sec-Fetch-Site", "none"}, mode: "in order", vary: varyAccept + ", Sec-Fetch-Site"},
		{name: "the parameter, within the site", query: "rivulet=in-order", header: []string{"Sec-Fetch-Site", "same-origin"}, mode: "in order", vary: varyAccept + ", Sec-Fetch-Site", cookie: "rivulet=in-order; Path=/; SameSite=Lax"},
		{name: "a query that is too long", query: strings.Repeat("a", 4097), mode: "stream", vary: varyAccept + ", Cookie, Rivulet-Prefix"},
		{name: "htmx", query: "rivulet=in-order", header: []string{"HX-Request", "true", "Cookie", "rivulet=in-order"}, mode: "in order", vary: varyParts},
		{name: "a crawler", s: crawlers, header: []string{"User-Agent", "Googlebot/2.1"}, mode: "in order", vary: varyAccept},
		{name: "not a crawler", s: crawlers, mode: "refresh", vary: varyStream},
		{name: "another mode", s: stream.Scriptless{Next: always(stream.Complete)}, query: "rivulet=in-order", mode: "in order", vary: ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newReader(tt.s)
				b.header = header(tt.header...)
				method := tt.method
				switch method {
				case "":
					method = "GET"
				case "TLS":
					method = "GET"
					site := b.site
					b.site = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						r.TLS = new(tls.ConnectionState)
						site.ServeHTTP(w, r)
					})
				}
				body := b.ask(method, &url.URL{Path: "/", RawQuery: tt.query}, "")
				got := ""
				switch {
				case body == inOrderPage:
					got = "in order"
				case refresh.MatchString(body):
					got = "refresh"
				case strings.HasPrefix(body, "<head></head>"):
					got = "stream"
				}
				if got != tt.mode {
					t.Errorf("the page comes as %q, want %q: %s", got, tt.mode, body)
				}
				vary := strings.Join(b.last.Header().Values("Vary"), ", ")
				if !strings.EqualFold(vary, tt.vary) {
					t.Errorf("Vary = %q, want %q", vary, tt.vary)
				}
				if got := strings.Join(b.last.Header().Values("Set-Cookie"), ", "); got != tt.cookie {
					t.Errorf("Set-Cookie = %q, want %q", got, tt.cookie)
				}
			})
		})
	}
}

// TestScriptlessElsewhere has places where the component does nothing, or less.
func TestScriptlessElsewhere(t *testing.T) {
	var s stream.Scriptless
	t.Run("it writes nothing outside a response", func(t *testing.T) {
		var out strings.Builder
		if err := s.Render(t.Context(), &out); err != nil || out.Len() > 0 {
			t.Errorf("Render() = %v, %q; want nothing", err, out.String())
		}
	})
	t.Run("it writes nothing in a load", func(t *testing.T) {
		b := &reader{site: stream.Handler(stream.Component(page(slot(stream.Prerender(s))))), header: make(http.Header)}
		if body := b.ask("GET", &url.URL{Path: "/"}, ""); strings.Contains(body, "noscript") {
			t.Errorf("the page is %q, want no noscript", body)
		}
	})
	t.Run("after a flush it sets no cookie", func(t *testing.T) {
		rd := stream.Renderer{Mode: s.Mode}
		b := &reader{site: rd.Handler(stream.Component(templ.Join(templ.Raw("<head>"), templ.Flush(), s, templ.Raw("</head>")))), header: make(http.Header)}
		b.ask("GET", &url.URL{Path: "/", RawQuery: "rivulet=in-order"}, "")
		if got := b.last.Header()["Set-Cookie"]; got != nil {
			t.Errorf("Set-Cookie = %q, want none", got)
		}
	})
	t.Run("without its Mode it does not refresh the page for ever", func(t *testing.T) {
		b := &reader{site: stream.Handler(stream.Component(templ.Join(templ.Raw("<head>"), s, templ.Raw("</head>")))), header: make(http.Header)}
		if b.open(t, &url.URL{Path: "/"}); b.requests != 2 {
			t.Errorf("%d requests, want 2", b.requests)
		}
	})
}

// FuzzScriptless holds that a refresh keeps the parameters of any query, and that
// nothing in it can lead elsewhere.
func FuzzScriptless(f *testing.F) {
	for _, query := range []string{"", "a=1&b=2", "a;b", `"'><`, "a#b", "\n\t ", "%zz&%", "ü\x80", "//evil.example", "rivulet=in-order;"} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		b := newReader(stream.Scriptless{})
		b.site = stream.Handler(stream.Component(templ.Join(templ.Raw("<head>"), stream.Scriptless{}, templ.Raw("</head>"))))
		body := b.ask("GET", &url.URL{Path: "/", RawQuery: query}, "")
		if body == "<head></head>" {
			return // it is in the query, or the query is too long
		}
		m := refresh.FindStringSubmatch(body)
		if m == nil {
			t.Fatalf("the page is %q, want a refresh", body)
		}
		target := entities.UnescapeString(m[1])
		if !regexp.MustCompile(`^\?[!-~]*$`).MatchString(target) || strings.ContainsAny(target, "\"'<>#\\`") {
			t.Fatalf("the refresh leads to %q, want a query of plain characters", target)
		}
		want, _ := url.ParseQuery(query)
		want.Add("rivulet", "in-order")
		got, _ := url.ParseQuery(target[1:])
		if got.Encode() != want.Encode() {
			t.Errorf("the parameters of %q are %v, want %v", target, got, want)
		}
	})
}
