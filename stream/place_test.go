package stream_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// escaped is the context and the writer of a component, kept where they must
// not be.
type escaped struct {
	ctx     context.Context
	w       io.Writer
	started atomic.Bool // the load of place
}

func (e *escaped) Render(ctx context.Context, w io.Writer) error {
	e.ctx, e.w = ctx, w
	return nil
}

// place tries to place a boundary.
func (e *escaped) place() error {
	return stream.Boundary{Load: func(context.Context) (templ.Component, error) {
		e.started.Store(true)
		return html("tardy"), nil
	}}.Render(e.ctx, e.w)
}

func TestLatePlaces(t *testing.T) {
	for _, tt := range []struct {
		name string
		page func(*escaped) templ.Component
	}{
		{"in the page", func(e *escaped) templ.Component { return page(e, slot(after(100*ms))) }},
		{"in a view", func(e *escaped) templ.Component { return page(slot(after(100*ms, e))) }},
		{"in a Suspense", func(e *escaped) templ.Component {
			return page(slot(stream.Prerender(templ.Join(e, waiting(100*ms, "")))))
		}},
		{"in a fallback", func(e *escaped) templ.Component {
			return page(at(stream.Boundary{Fallback: e, Load: after(100 * ms)}))
		}},
		{"in an error view", func(e *escaped) templ.Component {
			return page(at(stream.Boundary{Load: failing(100*ms, errBoom), ErrorView: func(*stream.BoundaryError) templ.Component { return e }}))
		}},
	} {
		t.Run(tt.name+" after the response", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, rec, rd := new(escaped), newRecorder(), stream.Renderer{Trace: &quiet}
				rec.end(func() error { return rd.Render(rec, httptest.NewRequest("GET", "/", nil), tt.page(e)) })
				before := rec.String()
				err := e.place()
				synctest.Wait()
				// The fallback of one in a fallback is nothing.
				if err == nil && tt.name != "in a fallback" {
					t.Error("Render() = nil, want an error")
				}
				if e.started.Load() {
					t.Error("the load was started")
				}
				if got := rec.String(); got != before {
					t.Errorf("response:\n%s\nwant:\n%s", got, before)
				}
			})
		})
	}
	t.Run("in the page when it has been rendered", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			e := new(escaped)
			rec := newRecorder()
			rec.end(func() error {
				return stream.Render(rec, httptest.NewRequest("GET", "/", nil), page(e, slot(func(context.Context) (templ.Component, error) {
					time.Sleep(50 * ms)
					synctest.Wait() // the page has been rendered, says the race detector, too
					if err := e.place(); err == nil {
						t.Error("Render() = nil, want an error")
					}
					return html("1"), nil
				})))
			})
			if e.started.Load() {
				t.Error("the load was started")
			}
			want := "0s     <body><?start name=\"1\">dots<?end><script>…</script>\n" +
				"50ms   <template for=\"1\">1</template><!/></body>\n50ms   -- end\n"
			if got := rec.String(); got != want {
				t.Errorf("response:\n%s\nwant:\n%s", got, want)
			}
		})
	})
	t.Run("a load whose time has passed can place nothing", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var placed error
			late := at(stream.Boundary{Timeout: 100 * ms, Load: stream.Prerender(templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
				time.Sleep(200 * ms)
				placed = slot(after(0, html("tardy"))).Render(ctx, w)
				return nil
			}))})
			rec, rd := newRecorder(), stream.Renderer{Trace: &quiet}
			if err := rd.Render(rec, httptest.NewRequest("GET", "/", nil), page(late, slot(after(time.Second)))); err != nil {
				t.Errorf("Render() = %v, want nil", err)
			}
			if placed == nil {
				t.Error("Render() = nil, want an error")
			}
			if got := strings.Join(rec.Lines, ""); strings.Contains(got, "tardy") {
				t.Errorf("response:\n%s\nwant one without what came late", got)
			}
		})
	})
}

func TestMisuse(t *testing.T) {
	for _, tt := range []struct {
		name string
		f    func()
		want string
	}{
		{"a Boundary without a Load", func() { _ = stream.Boundary{}.Render(t.Context(), io.Discard) }, "stream: Boundary without a Load"},
		{"a Boundary with a Load and with Pieces", func() {
			_ = stream.Boundary{Load: after(0), Pieces: each()}.Render(t.Context(), io.Discard)
		}, "stream: Boundary with both a Load and Pieces"},
		{"Handler without a Page", func() { stream.Handler(nil) }, "stream: Handler with a nil Page"},
	} {
		t.Run(tt.name+" panics", func(t *testing.T) {
			defer func() {
				if got := recover(); got != tt.want {
					t.Errorf("panic(%v), want %q", got, tt.want)
				}
			}()
			tt.f()
		})
	}
	rendered, _ := stream.Prerender(slot(after(0, html("1"))))(context.Background())
	run(t, []pageTest{
		{name: "what Prerender made outside a response", page: page(rendered)},
		{name: "what Prerender made is rendered twice", rd: stream.Renderer{Mode: always(stream.Complete)}, page: page(slot(func(ctx context.Context) (templ.Component, error) {
			c, err := stream.Prerender(slot(after(100*ms, html("1"))))(ctx)
			return templ.Join(c, c), err
		}))},
		{name: "what Prerender made without boundaries is rendered twice", page: page(slot(func(ctx context.Context) (templ.Component, error) {
			c, err := stream.Prerender(html("1"))(ctx)
			return templ.Join(c, c), err
		}))},
	})
	t.Run("what Prerender made is rendered in another response", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			kept := make(chan templ.Component, 1)
			rd, r := stream.Renderer{Trace: &quiet}, httptest.NewRequest("GET", "/", nil)
			_ = rd.Render(newRecorder(), r, page(slot(func(ctx context.Context) (templ.Component, error) {
				c, err := stream.Prerender(slot(after(0, html("theirs"))))(ctx)
				kept <- c
				return html("1"), err
			})))
			rec := newRecorder()
			rec.end(func() error { return rd.Render(rec, r, page(slot(after(0, <-kept)))) })
			if got := rec.String(); !strings.Contains(got, "theirs") {
				t.Errorf("response:\n%s\nwant the content, rendered anew", got)
			}
		})
	})
}

// TestUnwrap is about writers that hide their abilities behind Unwrap.
func TestUnwrap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rec := newRecorder()
		rec.end(func() error {
			return stream.Render(wrapped{rec}, httptest.NewRequest("GET", "/", nil), page(slot(after(100*ms, html("1")))))
		})
		want := "0s     <body><?start name=\"1\">dots<?end><script>…</script>\n" +
			"100ms  <template for=\"1\">1</template><!/></body>\n100ms  -- end\n"
		if got := rec.String(); got != want {
			t.Errorf("response:\n%s\nwant:\n%s", got, want)
		}
	})
}

// wrapped is a writer of some middleware that has only Unwrap.
type wrapped struct{ w http.ResponseWriter }

func (w wrapped) Header() http.Header         { return w.w.Header() }
func (w wrapped) Write(p []byte) (int, error) { return w.w.Write(p) }
func (w wrapped) WriteHeader(status int)      { w.w.WriteHeader(status) }
func (w wrapped) Unwrap() http.ResponseWriter { return w.w }
