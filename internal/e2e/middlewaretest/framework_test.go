package middlewaretest_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"
	echo4 "github.com/labstack/echo/v4"
	echo4middleware "github.com/labstack/echo/v4/middleware"
	echo5 "github.com/labstack/echo/v5"
	echo5middleware "github.com/labstack/echo/v5/middleware"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// frameworks serve h in their way, with what they bring of middleware.
var frameworks = []struct {
	name string
	wrap func(http.Handler) http.Handler
}{
	{"echo v5", func(h http.Handler) http.Handler {
		e := echo5.New()
		e.Use(echo5middleware.Gzip())
		e.GET("/", echo5.WrapHandler(h))
		return e
	}},
	{"echo v4", func(h http.Handler) http.Handler {
		e := echo4.New()
		e.Use(echo4middleware.Gzip())
		e.GET("/", echo4.WrapHandler(h))
		return e
	}},
	{"gin", func(h http.Handler) http.Handler {
		gin.SetMode(gin.ReleaseMode)
		r := gin.New()
		r.GET("/", gin.WrapH(h))
		return r
	}},
	{"chi", func(h http.Handler) http.Handler {
		r := chi.NewRouter()
		r.Use(chimiddleware.Compress(5))
		r.Method("GET", "/", h)
		return r
	}},
	{"a status recorder as in negroni", func(h http.Handler) http.Handler {
		return wrapped(h, func(w http.ResponseWriter) http.ResponseWriter { return recorder{w} })
	}},
}

// A recorder passes Flush on to the writer in it, if that has the method. It has
// no Unwrap.
type recorder struct{ http.ResponseWriter }

func (w recorder) Flush() {
	if f, ok := w.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

func within(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Minute, "") }

func TestFrameworksWithinATimeoutHandler(t *testing.T) {
	for _, f := range frameworks {
		t.Run("the page is whole in "+f.name, func(t *testing.T) {
			overBoth(t, func(t *testing.T, http2 bool) {
				p := newGatedPage()
				p.openAll()
				s := serve(t, within(f.wrap(p.handler(-1))), http2)
				v := get(t, s.Client(), s.URL)
				if err := v.rest(); err != nil || v.StatusCode != 200 || v.page.String() != wholePage {
					t.Errorf("status = %d, page = %q, %v; want %q", v.StatusCode, v.page.String(), err, wholePage)
				}
			})
		})
		t.Run("a stream is refused in "+f.name, func(t *testing.T) {
			h := sse.Handler(func(_ context.Context, s *sse.Stream) error { return s.Send(sse.Event{Data: "1"}) })
			s := serve(t, within(f.wrap(h)), false)
			v := get(t, s.Client(), s.URL)
			if err := v.rest(); err != nil {
				t.Fatalf("body: %v", err)
			}
			if strings.Contains(f.name, "negroni") {
				return // this cannot be detected: the stream comes whole
			}
			if got := v.Header.Get("Content-Type"); v.StatusCode != 500 || got != "text/plain; charset=utf-8" {
				t.Errorf("status = %d, Content-Type = %q, body = %q", v.StatusCode, got, v.page.String())
			}
		})
	}
}

func TestFrameworksStream(t *testing.T) {
	for _, f := range frameworks {
		t.Run(f.name, func(t *testing.T) {
			overBoth(t, func(t *testing.T, http2 bool) {
				p := newGatedPage()
				s := serve(t, f.wrap(p.handler(-1)), http2)
				timely(t, p, get(t, s.Client(), s.URL))
			})
		})
	}
}
