package broker_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// ask answers a request without waiting for events.
func ask(h http.Handler, method string, headers ...string) *http.Response {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r := httptest.NewRequest(method, "http://site.example/", nil).WithContext(ctx)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	func() {
		defer func() {
			if p := recover(); p != nil && p != http.ErrAbortHandler {
				panic(p)
			}
		}()
		h.ServeHTTP(w, r)
	}()
	return w.Result()
}

func TestOtherOrigins(t *testing.T) {
	const app = "https://app.example"
	one := &sse.CORS{Origins: []string{"https://other.example:8443", app}, Credentials: true}
	anyone := &sse.CORS{Origins: []string{"*"}}
	for _, c := range []struct {
		name    string
		cors    *sse.CORS
		headers []string
		status  int
		allowed string // Access-Control-Allow-Origin
	}{
		{"no browser", nil, nil, 200, ""},
		{"a page of this origin", nil, []string{"Sec-Fetch-Site", "same-origin"}, 200, ""},
		{"the address bar", nil, []string{"Sec-Fetch-Site", "none"}, 200, ""},
		{"another site", nil, []string{"Sec-Fetch-Site", "cross-site", "Origin", app}, 403, ""},
		{"another host of the site", nil, []string{"Sec-Fetch-Site", "same-site", "Origin", "https://www.site.example"}, 403, ""},
		{"a word that there is not", nil, []string{"Sec-Fetch-Site", "friend"}, 403, ""},
		{"an old browser, same host", nil, []string{"Origin", "http://site.example"}, 200, ""},
		{"an old browser, behind a proxy with TLS", nil, []string{"Origin", "https://SITE.example"}, 200, ""},
		{"an old browser, another port", nil, []string{"Origin", "http://site.example:81"}, 403, ""},
		{"an old browser, another host", nil, []string{"Origin", app}, 403, ""},
		{"a sandboxed frame", nil, []string{"Origin", "null"}, 403, ""},
		{"a sandboxed frame where anyone may", anyone, []string{"Origin", "null"}, 200, "*"},
		{"an origin that may", one, []string{"Sec-Fetch-Site", "cross-site", "Origin", app}, 200, app},
		{"an origin that may, same site", one, []string{"Sec-Fetch-Site", "same-site", "Origin", app}, 200, app},
		{"an origin that may not", one, []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, 403, ""},
		{"an origin that only begins like one", one, []string{"Sec-Fetch-Site", "cross-site", "Origin", app + ".evil.example"}, 403, ""},
		{"a site without an origin", one, []string{"Sec-Fetch-Site", "cross-site"}, 403, ""},
		{"any site", anyone, []string{"Sec-Fetch-Site", "cross-site", "Origin", app}, 200, "*"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := &broker.Broker{CORS: c.cors}
			res := ask(b.Topic("news").Handler(), "GET", c.headers...)
			if res.StatusCode != c.status {
				t.Errorf("status = %d, want %d", res.StatusCode, c.status)
			}
			h := res.Header
			if got := h.Get("Access-Control-Allow-Origin"); got != c.allowed {
				t.Errorf("Access-Control-Allow-Origin = %q, want %q", got, c.allowed)
			}
			if got, want := h.Get("Access-Control-Allow-Credentials") == "true", c.allowed == app; got != want {
				t.Errorf("credentials are allowed: %t, want %t", got, want)
			}
			if got, want := h.Get("Vary") == "Origin", c.cors != nil; got != want {
				t.Errorf("Vary = %q", h.Get("Vary"))
			}
		})
	}
	t.Run("a preflight is answered where CORS is on, before Authorize", func(t *testing.T) {
		b := &broker.Broker{CORS: one, Authorize: func(*http.Request, string) error {
			t.Error("Authorize was asked")
			return nil
		}}
		res := ask(b.Topic("news").Handler(), "OPTIONS", "Origin", app, "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "authorization,last-event-id")
		if res.StatusCode != http.StatusNoContent {
			t.Errorf("status = %d, want 204", res.StatusCode)
		}
		for name, want := range map[string]string{
			"Access-Control-Allow-Origin":      app,
			"Access-Control-Allow-Credentials": "true",
			"Access-Control-Allow-Methods":     "GET, POST",
			"Access-Control-Allow-Headers":     "authorization,last-event-id",
			"Access-Control-Max-Age":           "7200",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s = %q, want %q", name, got, want)
			}
		}
	})
	t.Run("a preflight of an origin that may not is refused", func(t *testing.T) {
		b := &broker.Broker{CORS: one}
		res := ask(b.Topic("news").Handler(), "OPTIONS", "Origin", "https://evil.example", "Access-Control-Request-Method", "GET")
		if res.StatusCode != http.StatusForbidden || res.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("status = %d, headers %v, want 403", res.StatusCode, res.Header)
		}
	})
	t.Run("a refusal can be read by an origin that may", func(t *testing.T) {
		b := &broker.Broker{CORS: one, Authorize: func(*http.Request, string) error { return http.ErrNoCookie }}
		res := ask(b.Topic("news").Handler(), "GET", "Origin", app)
		if res.StatusCode != http.StatusForbidden || res.Header.Get("Access-Control-Allow-Origin") != app {
			t.Errorf("status = %d, headers %v, want a 403 that can be read", res.StatusCode, res.Header)
		}
	})
	t.Run("other methods are refused", func(t *testing.T) {
		for _, method := range []string{"PUT", "DELETE", "OPTIONS"} {
			res := ask(new(broker.Broker).Topic("news").Handler(), method)
			if res.StatusCode != http.StatusMethodNotAllowed || res.Header.Get("Allow") != "GET, HEAD, POST" {
				t.Errorf("%s: status = %d, Allow = %q", method, res.StatusCode, res.Header.Get("Allow"))
			}
		}
	})
}

func TestCORSFaults(t *testing.T) {
	for _, c := range []struct {
		name  string
		cors  sse.CORS
		fault string
	}{
		{"no origin", sse.CORS{}, "no origins"},
		{"any origin with credentials", sse.CORS{Origins: []string{"*"}, Credentials: true}, `"*" with Credentials`},
		{"a host", sse.CORS{Origins: []string{"app.example"}}, "the origin app.example"},
		{"a path", sse.CORS{Origins: []string{"https://app.example/"}}, "the origin https://app.example/"},
		{"a default port", sse.CORS{Origins: []string{"https://app.example:443"}}, "app.example:443"},
		{"capitals", sse.CORS{Origins: []string{"https://App.example"}}, "App"},
		{"a pattern", sse.CORS{Origins: []string{"https://*.app.example"}}, "*.app"},
		{"null", sse.CORS{Origins: []string{"null"}}, "the origin null"},
		{"two faults", sse.CORS{Origins: []string{"*", "null"}, Credentials: true}, `"*" with Credentials; no browser sends the origin null`},
	} {
		t.Run(c.name+" cannot be built", func(t *testing.T) {
			defer func() {
				if s, _ := recover().(string); !strings.Contains(s, c.fault) {
					t.Errorf("panic %q, want one with %q", s, c.fault)
				}
			}()
			b := broker.Broker{CORS: &c.cors}
			b.Topic("news").Handler()
		})
	}
}
