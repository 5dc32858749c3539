package stream_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// setting is a load that sets a cookie after a while.
func setting(t *testing.T, l load, name string, want error) load {
	return func(ctx context.Context) (templ.Component, error) {
		c, err := l(ctx)
		got := stream.Header(ctx, func(h http.Header) { h.Add("Set-Cookie", name+"=1") })
		if !errors.Is(got, want) {
			t.Errorf("Header() of %s = %v, want %v", name, got, want)
		}
		return c, err
	}
}

func TestHeader(t *testing.T) {
	for _, mode := range []stream.Mode{stream.OutOfOrder, stream.InOrder, stream.Complete} {
		t.Run(mode.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				late := stream.ErrSent
				if mode == stream.Complete {
					late = nil
				}
				rd := stream.Renderer{Mode: always(mode)}
				h := rd.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
					w.Header().Add("Set-Cookie", "page=1")
					wait := suspense.Start(r.Context(), func(ctx context.Context) (int, error) {
						_, err := setting(t, after(0), "start", nil)(ctx)
						return 0, err
					})
					if _, err := wait(r.Context()); err != nil { // Header does not wait for the Page
						t.Error(err)
					}
					w.Header().Add("Set-Cookie", "page=2")
					return page(
						critical(setting(t, after(100*ms), "critical", nil)),
						slot(setting(t, after(50*ms), "early", nil)),
						slot(setting(t, after(200*ms), "late", late)),
					), nil
				})
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
				got := w.Result().Header["Set-Cookie"]
				want := []string{"page=1", "page=2", "start=1", "early=1", "critical=1"}
				if mode == stream.Complete {
					want = append(want, "late=1")
				}
				if !slices.Equal(got, want) {
					t.Errorf("cookies = %q, want %q", got, want)
				}
			})
		})
	}
}

// TestHeaderOfAnswers is about what loads set for an answer that is no page.
func TestHeaderOfAnswers(t *testing.T) {
	begin := func(t *testing.T, r *http.Request) {
		wait := suspense.Start(r.Context(), func(ctx context.Context) (int, error) {
			_, err := setting(t, after(0), "start", nil)(ctx)
			return 0, err
		})
		if _, err := wait(r.Context()); err != nil {
			t.Error(err)
		}
	}
	for name, p := range map[string]func(http.ResponseWriter, *http.Request) (templ.Component, error){
		"of the Page itself":       func(w http.ResponseWriter, r *http.Request) (templ.Component, error) { return nil, nil },
		"of a Page that fails":     func(w http.ResponseWriter, r *http.Request) (templ.Component, error) { return nil, errMissing },
		"of a load that decides":   pageOf(page(critical(failing(ms, errMoved)))),
		"of a load in the shell":   pageOf(page(slot(failing(0, errMissing)))),
		"of a component that errs": pageOf(half("", func() error { return errBoom })),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rd := stream.Renderer{Trace: &quiet, ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
					if got := stream.Header(r.Context(), func(http.Header) {}); !errors.Is(got, stream.ErrSent) {
						t.Errorf("Header() while the error is answered = %v, want %v", got, stream.ErrSent)
					}
				}}
				h := rd.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
					begin(t, r)
					return p(w, r)
				})
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
				if got := w.Result().Header["Set-Cookie"]; !slices.Equal(got, []string{"start=1"}) {
					t.Errorf("cookies = %q, want start=1", got)
				}
			})
		})
	}
	if err := stream.Header(t.Context(), func(http.Header) {}); err == nil {
		t.Error("Header() outside a response = nil, want an error")
	}
}

// TestHeaderOfMany is for the race detector.
func TestHeaderOfMany(t *testing.T) {
	h := stream.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
		parts := []templ.Component{slot(failing(0, nil))}
		for range 20 {
			parts = append(parts, slot(func(ctx context.Context) (templ.Component, error) {
				for range 50 {
					if err := stream.Header(ctx, func(h http.Header) { h.Set("X-Load", h.Get("X-Load")) }); err != nil && err != stream.ErrSent {
						t.Error(err)
					}
					_ = stream.Preload(ctx, "/a.css", "style")
				}
				return html("1"), nil
			}))
		}
		w.Header().Set("X-Page", "1")
		return page(parts...), nil
	})
	for range 20 {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	}
}

func TestPreload(t *testing.T) {
	ask := func(c templ.Component, url string, want error) templ.Component {
		return slot(func(ctx context.Context) (templ.Component, error) {
			if _, err := after(100 * ms)(ctx); err != nil {
				return nil, err
			}
			for range 2 {
				if err := stream.Preload(ctx, url, "image", "type=image/avif", "crossorigin"); err != want {
					t.Errorf("Preload() = %v, want %v", err, want)
				}
			}
			return c, nil
		})
	}
	synctest.Test(t, func(t *testing.T) {
		rec := newRecorder()
		h := stream.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
			if err := stream.Preload(r.Context(), "/page.css", "style"); err != nil {
				t.Error(err)
			}
			return page(critical(func(ctx context.Context) (templ.Component, error) {
				return html("a"), errors.Join(stream.Preload(ctx, "/page.css", "style"), stream.Preload(ctx, "/a.woff2", "font", "crossorigin"))
			}), ask(html("b"), `/b.avif?a="1"&b`, nil), ask(html("c"), "/page.css", nil)), nil
		})
		rec.end(func() error {
			h.ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
			return nil
		})
		if got, want := rec.Header()["Link"], []string{"</page.css>; rel=preload; as=style", "</a.woff2>; rel=preload; as=font; crossorigin"}; !slices.Equal(got, want) {
			t.Errorf("Link = %q, want %q", got, want)
		}
		want := `<link rel="preload" href="/b.avif?a=&#34;1&#34;&amp;b" as="image" type="image/avif" crossorigin="">`
		if got := rec.String(); strings.Count(got, want) != 1 || strings.Count(got, "<link") != 1 {
			t.Errorf("page = %s, want %s once", got, want)
		}
	})
	for _, args := range [][]string{{"", "style"}, {"/a\n", "style"}, {"/a>", "style"}, {"/a", "style, x"}, {"/a", "style", `a="`}, {"/a", "style", "a=\r\nX: y"}, {"/a", "style", "a, </b>; rel=stylesheet"}, {"/a", "style", ""}, {"/a", ""}, {"/a", "a b"}} {
		h := stream.Handler(func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
			if err := stream.Preload(r.Context(), args[0], args[1], args[2:]...); err == nil {
				t.Errorf("Preload(%q) = nil, want an error", args)
			}
			return html("a"), nil
		})
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	}
	if err := stream.Preload(t.Context(), "/a", "style"); err == nil {
		t.Error("Preload() outside a response = nil, want an error")
	}
}

// TestEarlyHints sends the hints while the page still has no status.
func TestEarlyHints(t *testing.T) {
	page := func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
		w.Header().Set("Link", "</page.css>; rel=preload; as=style")
		w.WriteHeader(http.StatusEarlyHints)
		return page(critical(failing(10*ms, errMissing))), nil
	}
	overPipes(t, stream.Handler(page), func(t *testing.T, p *pipeline) {
		var hints []string
		ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
			hints = append(hints, http.StatusText(code)+" "+h.Get("Link"))
			return nil
		}})
		res, err := p.get(t, ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		if want := []string{"Early Hints </page.css>; rel=preload; as=style"}; !slices.Equal(hints, want) || res.StatusCode != 404 {
			t.Errorf("hints = %q, status = %d, want %q, 404", hints, res.StatusCode, want)
		}
	})
}
