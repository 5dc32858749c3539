package stream_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// TestStartInPage has Pages that begin work with the context of their request,
// in the ways a Page can end: the work belongs to the response.
func TestStartInPage(t *testing.T) {
	shows := func(c templ.Component) stream.Page { return pageOf(page(c)) }
	for _, tt := range []struct {
		name  string
		page  stream.Page
		leave time.Duration
		took  time.Duration // until the handler has returned
	}{
		{"a page without boundaries", shows(html("1")), 0, 0},
		{"a page that streams", shows(slot(after(10 * ms))), 0, 10 * ms},
		{"a Page that answers by itself", func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
			http.Redirect(w, r, "/else", http.StatusSeeOther)
			return nil, nil
		}, 0, 0},
		{"a Page that fails", func(http.ResponseWriter, *http.Request) (templ.Component, error) { return nil, errBoom }, 0, 0},
		{"a component that fails", shows(half("", func() error { return errBoom })), 0, 0},
		{"a Page that panics", func(http.ResponseWriter, *http.Request) (templ.Component, error) { panic(errBoom) }, 0, 0},
		{"a client that leaves", shows(slot(after(time.Hour))), 100 * ms, 100 * ms},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if tt.leave > 0 {
					time.AfterFunc(tt.leave, cancel)
				}
				ended := make(chan error, 1)
				rd := stream.Renderer{Trace: &quiet, ErrorHandler: func(w http.ResponseWriter, r *http.Request, _ error) { w.WriteHeader(http.StatusTeapot) }}
				h := rd.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
					suspense.Start(r.Context(), func(ctx context.Context) (int, error) {
						err := sleep(ctx, time.Second)
						ended <- err
						return 1, err
					})
					return tt.page(w, r)
				})
				start := time.Now()
				func() {
					defer func() { _ = recover() }()
					h.ServeHTTP(newRecorder(), httptest.NewRequest("GET", "/", nil).WithContext(ctx))
				}()
				if took := time.Since(start).Truncate(ms); took != tt.took {
					t.Errorf("the handler returned after %v, want %v", took, tt.took)
				}
				select {
				case err := <-ended:
					if !errors.Is(err, context.Canceled) {
						t.Errorf("the work ended with %v, want that of its context", err)
					}
				default:
					t.Error("the work goes on after the handler has returned")
				}
			})
		})
	}
	t.Run("what does not listen does not keep back an answer", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			rec := newRecorder()
			new(stream.Renderer).Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
				stream.Go(r.Context(), func(context.Context) error { time.Sleep(time.Second); return nil })
				http.Redirect(w, r, "/else", http.StatusSeeOther)
				return nil, nil
			}).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
			rec.Flush()
			if got := rec.String(); !strings.HasPrefix(got, "0s ") {
				t.Errorf("got %s, want it at once", got)
			}
		})
	})
	t.Run("what it returns is awaited in the page", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			rec := newRecorder()
			new(stream.Renderer).Handler(func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
				one := suspense.Start(r.Context(), func(ctx context.Context) (string, error) { return "1", sleep(ctx, 100*ms) })
				return page(slot(func(ctx context.Context) (templ.Component, error) {
					s, err := one(ctx)
					return html(s), err
				})), nil
			}).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
			rec.Flush()
			if got := rec.String(); !strings.Contains(got, `100ms`) || !strings.Contains(got, `<template for="1">1</template>`) {
				t.Errorf("got %s", got)
			}
		})
	})
	t.Run("it has the deadline of the page and is left behind", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			cause := make(chan error, 1)
			start := time.Now()
			rd := stream.Renderer{Timeout: time.Second}
			rd.Handler(func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
				stream.Go(r.Context(), func(ctx context.Context) error {
					<-ctx.Done()
					cause <- context.Cause(ctx)
					time.Sleep(time.Hour)
					return nil
				})
				if at, ok := stream.Deadline(r.Context()); !ok || at != start.Add(time.Second) {
					t.Errorf("Deadline() = %v, %t, want one second", at, ok)
				}
				return page(slot(after(time.Hour))), sleep(r.Context(), 500*ms)
			}).ServeHTTP(newRecorder(), httptest.NewRequest("GET", "/", nil))
			if took, cause := time.Since(start).Truncate(ms), <-cause; took != time.Second || !errors.Is(cause, stream.ErrTimeout) {
				t.Errorf("ended after %v with %v, want one second and the timeout", took, cause)
			}
			time.Sleep(2 * time.Hour)
		})
	})
	t.Run("a panic is returned", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			new(stream.Renderer).Handler(func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
				var pe *stream.PanicError
				if err := stream.Go(r.Context(), func(context.Context) error { panic(errBoom) })(r.Context()); !errors.As(err, &pe) {
					t.Errorf("wait() = %v, want a PanicError", err)
				}
				return html("1"), nil
			}).ServeHTTP(newRecorder(), httptest.NewRequest("GET", "/", nil))
		})
	})
	t.Run("after the response it is refused", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var kept context.Context
			new(stream.Renderer).Handler(func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
				kept = r.Context()
				return html("1"), nil
			}).ServeHTTP(newRecorder(), httptest.NewRequest("GET", "/", nil))
			if err := stream.Go(kept, func(context.Context) error { t.Error("it runs"); return nil })(t.Context()); err == nil {
				t.Error("wait() = nil, want an error")
			}
		})
	})
}

// TestOwnWorkOfPage has a Page that renders something by itself, such as a mail:
// that is no part of its page.
func TestOwnWorkOfPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, rec := captureLog(t), newRecorder()
		var mail strings.Builder
		rd := stream.Renderer{Trace: &stream.Trace{InPlace: func(context.Context, stream.BoundaryInfo) { t.Error("Trace.InPlace is called") }}}
		rd.Handler(func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
			stream.Go(r.Context(), func(context.Context) error { return nil })
			return nonced(page(slot(after(10 * ms)))), page(slot(after(10*ms, html("mail")))).Render(r.Context(), &mail)
		}).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
		if got := mail.String(); got != "<body>mail</body>" {
			t.Errorf("the mail is %q", got)
		}
		if got := rec.String(); !strings.Contains(got, `<script nonce="n0nce">`) {
			t.Errorf("the nonce that the page sets is lost: %s", got)
		}
		log.wantNone(t)
	})
}

// nonced shows c with a nonce that is set on the way.
func nonced(c templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error { return c.Render(templ.WithNonce(ctx, "n0nce"), w) })
}
