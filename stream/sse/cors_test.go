package sse_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// The broker's tests are about which origins may use a handler.

func crossing(h http.Handler, method string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, "http://site.example/", nil)
	r.Header.Set("Origin", "https://app.example")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestCORS(t *testing.T) {
	served := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "5")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	app := &sse.CORS{Origins: []string{"https://app.example"}}
	t.Run("an error can be read, and when to come back", func(t *testing.T) {
		res := crossing(app.Handler(served), "POST")
		if res.StatusCode != 503 || res.Header.Get("Access-Control-Allow-Origin") != "https://app.example" ||
			res.Header.Get("Access-Control-Expose-Headers") != "Retry-After, X-Should-Retry" || res.Header.Get("Vary") != "Origin" {
			t.Errorf("got %d %v", res.StatusCode, res.Header)
		}
	})
	t.Run("nil allows no other origin", func(t *testing.T) {
		res := crossing((*sse.CORS)(nil).Handler(served), "POST")
		if res.StatusCode != 403 || res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("Vary") != "" {
			t.Errorf("got %d %v", res.StatusCode, res.Header)
		}
	})
	for _, tt := range []struct{ name, headers, allowed string }{
		{"those of the clients of models", "authorization,content-type,x-stainless-retry-count,anthropic-version", "authorization,content-type,x-stainless-retry-count,anthropic-version"},
		{"none", "", ""},
		{"no names", "a\x01b", ""},
		{"far too many", strings.Repeat("a,", 4<<10), ""},
	} {
		t.Run("a preflight asks for headers: "+tt.name, func(t *testing.T) {
			res := crossing(app.Handler(served), "OPTIONS", "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", tt.headers)
			if got := res.Header.Get("Access-Control-Allow-Headers"); res.StatusCode != 204 || got != tt.allowed || strings.Contains(got, "*") {
				t.Errorf("got %d, headers %q, want %q", res.StatusCode, got, tt.allowed)
			}
		})
	}
}

func ExampleCORS() {
	news := sse.Handler(nothing)
	cors := &sse.CORS{Origins: []string{"https://app.example"}, Credentials: true}
	for _, origin := range []string{"https://app.example", "https://evil.example"} {
		res := crossing(cors.Handler(news), "GET", "Origin", origin)
		fmt.Println(res.Status, res.Header.Get("Access-Control-Allow-Origin"))
	}
	// Output:
	// 200 OK https://app.example
	// 403 Forbidden
}

// A browser asks first whether the page may send its headers.
func ExampleCORS_Handler() {
	h := (&sse.CORS{Origins: []string{"https://app.example"}}).Handler(sse.Handler(nothing))
	res := crossing(h, "OPTIONS", "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "last-event-id")
	fmt.Println(res.Status, res.Header.Get("Access-Control-Allow-Headers"))
	// Output: 204 No Content last-event-id
}

func ExampleCORS_Gate() {
	admit := (&sse.CORS{Origins: []string{"https://app.example"}}).Gate()
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !admit(w, r) {
			return // answered
		}
		fmt.Fprint(w, "hello")
	})
	fmt.Println(crossing(h, "GET", "Origin", "https://evil.example").Status)
	// Output: 403 Forbidden
}
