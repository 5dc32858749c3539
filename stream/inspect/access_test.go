package inspect_test

import (
	"bytes"
	"crypto/tls"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/rivulet-go/rivulet/stream/inspect"
)

// views are the queries of everything that there is to see.
var views = []string{"", "?format=json", "?id=1", "?id=1&format=json", "?events&id=1", "?events&id=99", "?id=99"}

// TestNobodySeesItWithoutTheSecret sends requests that pretend to come from
// various places, this machine included. A proxy on this machine, or a name that
// resolves to it, looks the same.
func TestNobodySeesItWithoutTheSecret(t *testing.T) {
	other := inspect.New(1)
	for _, tt := range []struct {
		name, peer, host string
		header, value    string
		query            string // beside what is asked for
	}{
		{name: "this machine", peer: "127.0.0.1:1", host: "localhost:8080"},
		{name: "this machine over IPv6", peer: "[::1]:1", host: "[::1]:8080"},
		{name: "a proxy on this machine that tells nothing", peer: "127.0.0.1:1", host: "127.0.0.1:8080"},
		{name: "a proxy that tells of itself", peer: "127.0.0.1:1", host: "localhost", header: "X-Forwarded-For", value: "127.0.0.1"},
		{name: "another machine", peer: "192.0.2.1:1", host: "localhost"},
		{name: "DNS rebinding", peer: "127.0.0.1:1", host: "evil.example:8080"},
		{name: "a Unix socket", peer: "@", host: "localhost"},
		{name: "no host, no address"},
		{name: "an empty token", peer: "127.0.0.1:1", host: "localhost", query: "token="},
		{name: "a wrong token", peer: "127.0.0.1:1", host: "localhost", query: "token=ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
		{name: "the token of another", peer: "127.0.0.1:1", host: "localhost", query: strings.TrimPrefix(other.URL(""), "?")},
		{name: "an empty token and an empty cookie", peer: "127.0.0.1:1", host: "localhost", query: "token", header: "Cookie", value: name(t, "localhost", "/inspect") + "="},
		{name: "a cookie that is no value", peer: "127.0.0.1:1", host: "localhost", header: "Cookie", value: name(t, "localhost", "/inspect") + "=1"},
		{name: "the cookie of another", peer: "127.0.0.1:1", host: "localhost", header: "Cookie", value: cookie(t, other, "localhost", "/inspect").String()},
		{name: "its token in a header", peer: "127.0.0.1:1", host: "localhost", header: "Token", value: other.URL("")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, view := range views {
				in := inspect.New(1)
				in.Logger = slog.New(slog.DiscardHandler)
				_ = visit(in, "/secret", html("1"))
				r := httptest.NewRequest("GET", "/inspect"+joined(view, tt.query), nil)
				r.RemoteAddr, r.Host = tt.peer, tt.host
				if tt.header != "" {
					r.Header.Set(tt.header, tt.value)
				}
				rec := httptest.NewRecorder()
				in.ServeHTTP(rec, r)
				if rec.Code != http.StatusForbidden {
					t.Errorf("%q: status = %d, want 403", view, rec.Code)
				}
				if strings.Contains(rec.Body.String(), "secret") || strings.Contains(rec.Body.String(), in.URL("")) {
					t.Errorf("%q: the answer tells too much: %s", view, rec.Body)
				}
				if len(rec.Result().Cookies()) > 0 {
					t.Errorf("%q: a stranger gets a cookie", view)
				}
				want(t, rec.Body.String(), "the program's log")
				want(t, rec.Header().Get("Cache-Control"), "no-store")
				want(t, rec.Header().Get("Content-Type"), "text/plain")
				want(t, rec.Header().Get("X-Content-Type-Options"), "nosniff")
			}
		})
	}
}

func TestTheTokenOpens(t *testing.T) {
	in := inspect.New(1)
	_ = visit(in, "/secret", html("1"))
	for _, view := range views {
		r := httptest.NewRequest("GET", in.URL("/inspect"+view), nil)
		rec := httptest.NewRecorder()
		if strings.Contains(view, "events") {
			continue // TestShutdown
		}
		in.ServeHTTP(rec, r)
		if strings.Contains(view, "json") {
			if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "/secret") || len(rec.Result().Cookies()) > 0 {
				t.Errorf("%q = %d, %s, want JSON at once", view, rec.Code, rec.Body)
			}
			continue
		}
		if got, want := rec.Header().Get("Location"), "?"+strings.TrimPrefix(view, "?"); rec.Code != http.StatusSeeOther || got != want {
			t.Errorf("%q = %d, Location %q, want 303, %q", view, rec.Code, got, want)
		}
		want(t, rec.Header().Get("Referrer-Policy"), "no-referrer")
		want(t, rec.Header().Get("Cache-Control"), "no-store")
	}
	for _, view := range views[:4] {
		if rec := get(in, "/inspect"+view); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "/secret") {
			t.Errorf("%q with the cookie = %d, %s", view, rec.Code, rec.Body)
		}
	}
}

func TestCookie(t *testing.T) {
	in := inspect.New(1)
	c := cookie(t, in, "localhost:8080", "/inspect")
	token := strings.TrimPrefix(in.URL(""), "?token=")
	t.Run("it is for the browser and the inspector only", func(t *testing.T) {
		if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Domain != "" || c.Path != "" || c.MaxAge != 0 || !c.Expires.IsZero() || c.Secure {
			t.Errorf("cookie = %v", c)
		}
	})
	t.Run("it does not tell the token", func(t *testing.T) {
		if strings.Contains(c.String(), token) || len(token) < 26 {
			t.Errorf("cookie = %v, token = %s", c, token)
		}
		r := httptest.NewRequest("GET", "/inspect?token="+c.Value, nil)
		rec := httptest.NewRecorder()
		in.ServeHTTP(rec, r)
		if rec.Code != http.StatusForbidden {
			t.Errorf("its value as a token: status = %d, want 403", rec.Code)
		}
	})
	t.Run("it is secure where the browser's connection is", func(t *testing.T) {
		for header, state := range map[string]*tls.ConnectionState{"": {}, "X-Forwarded-Proto": nil} {
			r := httptest.NewRequest("GET", in.URL("/inspect"), nil)
			if r.TLS = state; header != "" {
				r.Header.Set(header, "https")
			}
			rec := httptest.NewRecorder()
			in.ServeHTTP(rec, r)
			if cs := rec.Result().Cookies(); len(cs) != 1 || !cs[0].Secure {
				t.Errorf("%q: cookies = %v, want a secure one", header, cs)
			}
		}
	})
	t.Run("two inspectors on one host do not clash", func(t *testing.T) {
		for _, host := range []string{"localhost:8080", "localhost:8081"} {
			for _, path := range []string{"/inspect", "/inspect2"} {
				if other := name(t, host, path); (other == c.Name) != (host+path == "localhost:8080/inspect") {
					t.Errorf("%s%s has the cookie %s, localhost:8080/inspect %s", host, path, other, c.Name)
				}
			}
		}
	})
	t.Run("a restart takes the place of the last one", func(t *testing.T) {
		if again := name(t, "localhost:8080", "/inspect"); again != c.Name {
			t.Errorf("cookie = %s, want %s: they pile up until a server refuses them", again, c.Name)
		}
	})
	t.Run("a false one of the same name does not matter", func(t *testing.T) {
		r := httptest.NewRequest("GET", "/inspect", nil)
		r.Host = "localhost:8080"
		r.Header.Set("Cookie", c.Name+"=0; "+c.String()+"; "+c.Name+"=1")
		rec := httptest.NewRecorder()
		in.ServeHTTP(rec, r)
		if rec.Code != http.StatusOK {
			t.Errorf("status = %d, want 200", rec.Code)
		}
	})
}

// TestRedirectStaysHere has hostile queries beside the right token.
func TestRedirectStaysHere(t *testing.T) {
	in := inspect.New(1)
	here, _ := url.Parse("http://localhost:8080/any/inspect")
	for _, query := range []string{
		"//evil.example", "/../..//evil.example", "id=1%0d%0aSet-Cookie:%20a=b", "id=%00", "#//evil.example",
		"token=x", "url=javascript:alert(1)", "id=1;token=x", "%zz", "id=\"><script>", "&&&",
	} {
		for _, site := range []string{"none", "cross-site"} {
			r := httptest.NewRequest("GET", "/inspect", nil)
			r.URL.RawQuery = strings.TrimPrefix(in.URL(""), "?") + "&" + query
			r.Header.Set("Sec-Fetch-Site", site)
			rec := httptest.NewRecorder()
			in.ServeHTTP(rec, r)
			res := rec.Result()
			target := res.Header.Get("Location") + strings.TrimPrefix(res.Header.Get("Refresh"), "0; url=")
			u, err := here.Parse(target)
			if err != nil || u.Host != here.Host || u.Path != here.Path || u.Scheme != "http" || u.Query().Has("token") || !strings.HasPrefix(target, "?") {
				t.Errorf("%s: the target is %q, %v", query, target, err)
			}
			if strings.ContainsAny(target, "\r\n\x00<>\" ;") || len(res.Cookies()) != 1 {
				t.Errorf("%s: headers = %q", query, res.Header)
			}
		}
	}
}

// A link on another site makes a request without the cookie, even after a redirect.
func TestOpenedFromAnotherSite(t *testing.T) {
	in := inspect.New(1)
	r := httptest.NewRequest("GET", in.URL("/inspect?id=1"), nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	rec := httptest.NewRecorder()
	in.ServeHTTP(rec, r)
	if got := rec.Header().Get("Refresh"); rec.Code != http.StatusOK || got != "0; url=?id=1" {
		t.Errorf("status = %d, Refresh = %q, want 200 and ?id=1", rec.Code, got)
	}
	if strings.Contains(rec.Body.String(), "token") {
		t.Errorf("the page holds the token: %s", rec.Body)
	}
}

func TestTokenIsLoggedOnceAndNowhereElse(t *testing.T) {
	var log bytes.Buffer
	in := inspect.New(5)
	in.Logger = slog.New(slog.NewTextHandler(&log, nil))
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			r := httptest.NewRequest("GET", "/inspect/%0aevil?token=evil", nil)
			r.Host = "evil.example"
			in.ServeHTTP(httptest.NewRecorder(), r)
		})
	}
	group.Wait()
	if got := log.String(); strings.Count(got, "\n") != 1 || strings.Count(got, in.URL("")) != 1 || strings.Contains(got, "evil") {
		t.Errorf("log = %s, want the token once, and nothing from the request", got)
	}
	log.Reset()
	// A request for a page with the token in its query is kept without the token.
	_ = visit(in, in.URL("/prices"), html("1"))
	token := strings.TrimPrefix(in.URL(""), "?token=")
	for _, view := range views[:4] {
		if page := get(in, "/inspect"+view).Body.String(); strings.Contains(page, token) {
			t.Errorf("%q shows the token", view)
		}
	}
	if log.Len() > 0 {
		t.Errorf("log = %s, want nothing", &log)
	}
}

func TestToken(t *testing.T) {
	t.Run("a random one is new for each", func(t *testing.T) {
		if one, two := inspect.New(1).URL("/"), inspect.New(1).URL("/"); one == two {
			t.Errorf("both are %s", one)
		}
		if got := new(inspect.Inspector).URL(""); len(got) < len("?token=")+26 {
			t.Errorf("that of a zero Inspector is %s", got)
		}
	})
	t.Run("one that was set is used", func(t *testing.T) {
		in := inspect.New(1)
		in.Token = "it was/made&by chance"
		if got, want := in.URL("/inspect?a"), "/inspect?a&token=it+was%2Fmade%26by+chance"; got != want {
			t.Errorf("URL() = %s, want %s", got, want)
		}
		if got := get(in, "/inspect").Code; got != http.StatusOK {
			t.Errorf("status = %d, want 200", got)
		}
	})
	t.Run("one that could be guessed is not", func(t *testing.T) {
		var log bytes.Buffer
		in := inspect.New(1)
		in.Token, in.Logger = "changeme", slog.New(slog.NewTextHandler(&log, nil))
		rec := httptest.NewRecorder()
		in.ServeHTTP(rec, httptest.NewRequest("GET", "/inspect?token=changeme", nil))
		if rec.Code != http.StatusForbidden {
			t.Errorf("status = %d, want 403", rec.Code)
		}
		want(t, log.String(), "token too short", in.URL(""))
		if got := get(in, "/inspect").Code; got != http.StatusOK {
			t.Errorf("status with a random one = %d, want 200", got)
		}
	})
}

func TestAllowDecidesAlone(t *testing.T) {
	in := inspect.New(1)
	token, c := in.URL("/inspect"), cookie(t, in, "localhost", "/inspect")
	var log bytes.Buffer
	in.Logger = slog.New(slog.NewTextHandler(&log, nil))
	in.Allow = func(r *http.Request) bool { return r.Header.Get("Admin") != "" }
	far := httptest.NewRequest("GET", "https://site.example/inspect", nil)
	far.Header.Set("Admin", "1")
	far.Header.Set("X-Forwarded-For", "192.0.2.1")
	near := httptest.NewRequest("GET", token, nil)
	near.Host = "localhost"
	near.AddCookie(c)
	for name, tt := range map[string]struct {
		r    *http.Request
		want int
	}{"one who may": {far, 200}, "token and cookie": {near, 403}} {
		t.Run(name, func(t *testing.T) {
			rec := httptest.NewRecorder()
			in.ServeHTTP(rec, tt.r)
			if rec.Code != tt.want || len(rec.Result().Cookies()) > 0 {
				t.Errorf("status = %d, cookies = %v, want %d and none", rec.Code, rec.Result().Cookies(), tt.want)
			}
		})
	}
	if got := in.URL("/inspect"); got != "/inspect" || log.Len() > 0 {
		t.Errorf("URL() = %s, log = %s, want no token", got, &log)
	}
}

func TestNothingIsChangedFromOutside(t *testing.T) {
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS"} {
		in := inspect.New(1)
		r := httptest.NewRequest(method, in.URL("/inspect"), nil)
		rec := httptest.NewRecorder()
		in.ServeHTTP(rec, r)
		if rec.Code != http.StatusMethodNotAllowed || len(rec.Result().Cookies()) > 0 {
			t.Errorf("%s: status = %d, want %d", method, rec.Code, http.StatusMethodNotAllowed)
		}
	}
}

// cookie returns the cookie that a browser receives when it opens the inspector.
func cookie(t *testing.T, in *inspect.Inspector, host, path string) *http.Cookie {
	t.Helper()
	r := httptest.NewRequest("GET", in.URL(path), nil)
	r.Host = host
	rec := httptest.NewRecorder()
	in.ServeHTTP(rec, r)
	cookies := rec.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("cookies = %v, want one", cookies)
	}
	return cookies[0]
}

// name returns the name of the cookie of an address.
func name(t *testing.T, host, path string) string { return cookie(t, inspect.New(1), host, path).Name }

func joined(query, more string) string {
	switch {
	case more == "":
		return query
	case query == "":
		return "?" + more
	}
	return query + "&" + more
}
