package assets_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/rivulet-go/rivulet/assets"
)

func TestHandler(t *testing.T) {
	name := assets.Unsuspense().Name
	mux := http.NewServeMux()
	mux.Handle("/plain/", assets.Handler())
	mux.Handle("/stripped/", http.StripPrefix("/stripped/", assets.Handler()))
	do := func(method, path string, header http.Header) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, nil)
		r.Header = header
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w
	}

	live, htmx := assets.Live().Name, assets.StartHTMX().Name
	for path, script := range map[string]string{
		"/plain/" + name: assets.Unsuspense().Text, "/stripped/" + name: assets.Unsuspense().Text,
		"/plain/" + live: assets.Live().Text, "/stripped/" + live: assets.Live().Text,
		"/plain/" + htmx: assets.StartHTMX().Text,
	} {
		t.Run("serves the script for good at "+path, func(t *testing.T) {
			w := do("GET", path, nil)
			if w.Code != http.StatusOK || w.Body.String() != script {
				t.Errorf("GET %s = %d %q, want 200 and the script", path, w.Code, w.Body)
			}
			for key, want := range map[string]string{
				"Cache-Control":          "public, max-age=31536000, immutable",
				"Content-Type":           "text/javascript; charset=utf-8",
				"X-Content-Type-Options": "nosniff",
			} {
				if got := w.Header().Get(key); got != want {
					t.Errorf("%s = %q, want %q", key, got, want)
				}
			}
		})
	}

	t.Run("answers HEAD without a body", func(t *testing.T) {
		w := do("HEAD", "/plain/"+name, nil)
		if w.Code != http.StatusOK || w.Body.Len() != 0 {
			t.Errorf("HEAD = %d with %d bytes, want 200 with none", w.Code, w.Body.Len())
		}
	})

	t.Run("tells a browser that asks again that nothing has changed", func(t *testing.T) {
		etag := do("GET", "/plain/"+name, nil).Header().Get("ETag")
		w := do("GET", "/plain/"+name, http.Header{"If-None-Match": {etag}})
		if w.Code != http.StatusNotModified {
			t.Errorf("GET with If-None-Match %s = %d, want 304", etag, w.Code)
		}
	})

	for _, path := range []string{
		"/plain/", "/plain/live.js", "/plain/unsuspense.js", "/plain/unsuspense.00000000.js",
		"/plain/" + name + "/", "/plain/x" + name, "/plain/" + name + ".map",
	} {
		t.Run("knows nothing of "+path, func(t *testing.T) {
			w := do("GET", path, nil)
			if w.Code != http.StatusNotFound {
				t.Errorf("GET %s = %d, want 404", path, w.Code)
			}
			if got := w.Header().Get("Cache-Control"); got != "" {
				t.Errorf("Cache-Control of a 404 = %q, want none", got)
			}
		})
	}

	t.Run("refuses other methods", func(t *testing.T) {
		w := do("POST", "/plain/"+name, nil)
		if got := w.Header().Get("Allow"); w.Code != http.StatusMethodNotAllowed || got != "GET, HEAD" {
			t.Errorf("POST = %d, Allow %q, want 405, GET, HEAD", w.Code, got)
		}
	})
}
