package middlewaretest_test

import (
	"net/http"
	"testing"
	"time"
)

// A plainWriter hides all that it wraps, as many a logger does.
type plainWriter struct{ w http.ResponseWriter }

func (w plainWriter) Header() http.Header         { return w.w.Header() }
func (w plainWriter) Write(b []byte) (int, error) { return w.w.Write(b) }
func (w plainWriter) WriteHeader(status int)      { w.w.WriteHeader(status) }

// An unwrapWriter says what it wraps and no more.
type unwrapWriter struct{ plainWriter }

func (w unwrapWriter) Unwrap() http.ResponseWriter { return w.w }

func wrapped(h http.Handler, wrap func(http.ResponseWriter) http.ResponseWriter) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(wrap(w), r) })
}

func TestWritersThatCannotFlush(t *testing.T) {
	for _, m := range []struct {
		name string
		wrap func(http.Handler) http.Handler
	}{
		{"http.TimeoutHandler", func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Minute, "") }},
		{"a writer without Flush and Unwrap", func(h http.Handler) http.Handler {
			return wrapped(h, func(w http.ResponseWriter) http.ResponseWriter { return plainWriter{w} })
		}},
		{"such a writer within gzip", func(h http.Handler) http.Handler {
			return zipped(t, wrapped(h, func(w http.ResponseWriter) http.ResponseWriter { return plainWriter{w} }))
		}},
	} {
		t.Run("the page is whole behind "+m.name, func(t *testing.T) {
			overBoth(t, func(t *testing.T, http2 bool) {
				p := newGatedPage()
				p.openAll()
				s := serve(t, m.wrap(p.handler(-1)), http2)
				v := get(t, s.Client(), s.URL)
				if err := v.rest(); err != nil || v.page.String() != wholePage {
					t.Errorf("page = %q, %v; want %q", v.page.String(), err, wholePage)
				}
			})
		})
		t.Run("an unfinished page is an error behind "+m.name, func(t *testing.T) {
			overBoth(t, func(t *testing.T, http2 bool) {
				p := newGatedPage()
				p.openAll()
				s := serve(t, m.wrap(p.handler(1)), http2)
				res, err := s.Client().Get(s.URL)
				if err != nil {
					return
				}
				defer func() { _ = res.Body.Close() }()
				v := visit{Response: res}
				if err := v.rest(); err == nil {
					t.Errorf("status = %d, page = %q, which looks finished", res.StatusCode, v.page.String())
				}
			})
		})
	}
}

func TestWriterWithUnwrapOnly(t *testing.T) {
	wrap := func(w http.ResponseWriter) http.ResponseWriter { return unwrapWriter{plainWriter{w}} }
	overBoth(t, func(t *testing.T, http2 bool) {
		t.Run("each chunk comes in time", func(t *testing.T) {
			p := newGatedPage()
			s := serve(t, wrapped(p.handler(-1), wrap), http2)
			timely(t, p, get(t, s.Client(), s.URL))
		})
		t.Run("a cut page is an error", func(t *testing.T) {
			p := newGatedPage()
			s := serve(t, wrapped(p.handler(2), wrap), http2)
			cut(t, p, get(t, s.Client(), s.URL))
		})
	})
}
