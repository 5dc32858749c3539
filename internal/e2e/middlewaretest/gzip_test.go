package middlewaretest_test

import (
	"net/http"
	"testing"

	"github.com/klauspost/compress/gzhttp"
)

// zipped compresses every response, however short.
func zipped(t *testing.T, h http.Handler) http.Handler {
	t.Helper()
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(0))
	if err != nil {
		t.Fatal(err)
	}
	return wrap(h)
}

func TestGzip(t *testing.T) {
	overBoth(t, func(t *testing.T, http2 bool) {
		for _, wrap := range []struct {
			name string
			wrap func(*testing.T, http.Handler) http.Handler
		}{
			{"every page", zipped},
			{"with gzhttp's defaults", func(_ *testing.T, h http.Handler) http.Handler { return gzhttp.GzipHandler(h) }},
		} {
			t.Run(wrap.name, func(t *testing.T) {
				t.Run("each chunk comes in time", func(t *testing.T) {
					p := newGatedPage()
					s := serve(t, wrap.wrap(t, p.handler(-1)), http2)
					v := get(t, s.Client(), s.URL)
					if !v.Uncompressed {
						t.Error("the page was not compressed")
					}
					timely(t, p, v)
				})
				t.Run("a cut page is an error", func(t *testing.T) {
					p := newGatedPage()
					s := serve(t, wrap.wrap(t, p.handler(2)), http2)
					v := get(t, s.Client(), s.URL)
					cut(t, p, v)
				})
			})
		}
	})
}
