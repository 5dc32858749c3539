package stream_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// TestKeysAreNotCachedAsPages has a Page that caches may keep. Many of them ignore Vary.
func TestKeysAreNotCachedAsPages(t *testing.T) {
	for _, tt := range []struct{ set, want string }{
		{"", "no-store"},
		{"public, max-age=3600", "no-store"},
		{"max-age=3600", "no-store"},
		{"s-maxage=60, x-private", "no-store"},
		{`private="Set-Cookie", max-age=60`, "no-store"}, // all but this header may be stored
		{"private, max-age=60", "private, max-age=60"},
		{"max-age=60,Private", "max-age=60,Private"},
		{"no-store", "no-store"},
	} {
		h := stream.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
			if tt.set != "" {
				w.Header().Set("Cache-Control", tt.set)
			}
			w.Header().Set("ETag", `"1"`)
			w.Header().Set("Expires", "Thu, 02 Dec 2027 10:00:00 GMT")
			w.Header().Set("CDN-Cache-Control", "max-age=60")
			w.Header().Set("Content-Length", "1000")
			w.Header().Set("Content-Language", "en")
			return page(keyed("a", after(0, html("A")))), nil
		})
		for key, code := range map[string]int{"a": 200, "invented": 404} {
			w := httptest.NewRecorder()
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("Rivulet", key)
			h.ServeHTTP(w, r)
			got := w.Result().Header
			if w.Code != code || got.Get("Cache-Control") != tt.want || got.Get("Content-Language") != "en" {
				t.Errorf("%q, key %s: %d %v, want %d, Cache-Control: %s", tt.set, key, w.Code, got, code, tt.want)
			}
			for name := range got {
				if slices.Contains([]string{"Etag", "Expires", "Cdn-Cache-Control"}, name) || name == "Content-Length" && got.Get(name) == "1000" {
					t.Errorf("%q, key %s: %s: %s, want none", tt.set, key, name, got.Get(name))
				}
			}
		}
	}
}
