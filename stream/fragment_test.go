package stream_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/internal/parts"
	"github.com/rivulet-go/rivulet/suspense"
)

// part is a fragment named id.
func part(id, s string) templ.Component { return with(parts.Part(id), html(s)) }

func value[T any](d time.Duration, v T) func(context.Context) (T, error) {
	return func(ctx context.Context) (T, error) { return v, sleep(ctx, d) }
}

// dripping is a component that writes a little each millisecond, n times,
// whatever its context says.
func dripping(n int) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		for range n {
			time.Sleep(ms)
			_, _ = io.WriteString(w, "lost")
		}
		return nil
	})
}

// TestFragments renders parts of pages with templ.RenderFragments, outside a
// response.
func TestFragments(t *testing.T) {
	awaited := suspense.Await(html("dots"), value(100*ms, "1"), func(s string) templ.Component {
		return templ.Join(html("<b>lost</b>"), part("a", s))
	})
	suspended := with(suspense.Suspense(html("dots")), templ.Join(waiting(100*ms, "lost"), part("a", "1")))
	for _, tt := range []struct {
		name string
		c    templ.Component
		ids  []any
		want string
	}{
		{"in an Await's view", page(awaited), []any{"a"}, "<section>1</section>"},
		{"in a Suspense's children", page(suspended), []any{"a"}, "<section>1</section>"},
		{"in a Suspense in a Suspense", page(with(suspense.Suspense(nil), suspended)), []any{"a"}, "<section>1</section>"},
		{"in an Await's view in a Suspense", page(with(suspense.Suspense(nil), awaited)), []any{"a"}, "<section>1</section>"},
		{"around an Await", page(with(parts.Part("a"), awaited)), []any{"a"}, "<section><b>lost</b><section>1</section></section>"},
		{"around a Suspense", page(with(parts.Part("a"), suspended)), []any{"a"}, "<section>lost<section>1</section></section>"},
		{"beside a boundary", page(awaited, part("b", "2")), []any{"b"}, "<section>2</section>"},
		{"two of them", page(awaited, part("b", "2")), []any{"a", "b"}, "<section>1</section><section>2</section>"},
		{"none of them", page(awaited, part("b", "2")), []any{"c"}, ""},
		{"in what fails", page(slot(after(0, part("a", "lost"), half("", func() error { return errBoom })))), []any{"a"}, ""},
		{"in its error view", page(at(stream.Boundary{Load: failing(0, errBoom), ErrorView: func(*stream.BoundaryError) templ.Component { return part("a", "sorry") }})),
			[]any{"a"}, "<section>sorry</section>"},
		{"in a Suspense that outlives its time", page(with(suspense.Suspense(nil, suspense.Timeout(100*ms)), with(templ.Fragment("a"), dripping(200)))), []any{"a"}, ""},
		{"in a Suspense that fails", page(with(suspense.Suspense(nil), templ.Join(part("a", "lost"), half("", func() error { return errBoom })))), []any{"a"}, ""},
		{"in a load that is late", page(at(stream.Boundary{Timeout: 100 * ms, Load: stream.Prerender(templ.Join(
			half("", func() error { time.Sleep(time.Second); return nil }), part("a", "lost"),
		))})), []any{"a"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var b strings.Builder
				if err := templ.RenderFragments(t.Context(), &b, tt.c, tt.ids...); err != nil {
					t.Errorf("RenderFragments() = %v, want nil", err)
				}
				time.Sleep(24 * time.Hour)
				if got := b.String(); got != tt.want {
					t.Errorf("RenderFragments() wrote %q, want %q", got, tt.want)
				}
			})
		})
	}
	t.Run("by templ.Handler", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			rec := newRecorder()
			rec.end(func() error {
				templ.Handler(page(awaited, suspended), templ.WithFragments("a")).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
				return nil
			})
			want := "200ms  <section>1</section><section>1</section>\n200ms  -- end\n"
			if got := rec.String(); got != want {
				t.Errorf("response:\n%s\nwant:\n%s", got, want)
			}
		})
	})
}

// TestFragmentsInPages has fragments in pages that are sent whole, and pages
// rendered under RenderFragments: what is rendered later must not write to
// fragments that have been rendered.
func TestFragmentsInPages(t *testing.T) {
	run(t, []pageTest{
		{name: "a fragment in the shell, in a view and in a Suspense", page: page(
			part("a", "shell"), slot(after(100*ms, part("a", "1"))), slot(stream.Prerender(templ.Join(waiting(200*ms, ""), part("a", "2")))),
		)},
		{name: "a fragment around boundaries", page: page(with(parts.Part("a"), slot(after(100*ms, part("a", "1")))))},
		{name: "some component asks for fragments of its own", page: page(templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			return templ.RenderFragments(ctx, w, page(html("lost"), slot(after(100*ms, part("a", "1")))), "a")
		}), slot(after(300*ms, html("2"))))},
		{name: "in the context of the request", page: page(html("lost"), part("a", "shell"), slot(after(100*ms, html("lost, "), part("a", "lost, too")))), request: underFragments},
	})
}

// underFragments gives r the context of a component that templ.RenderFragments
// renders, and which has been rendered.
func underFragments(r *http.Request) *http.Request {
	_ = templ.RenderFragments(r.Context(), io.Discard, templ.ComponentFunc(func(ctx context.Context, _ io.Writer) error {
		r = r.WithContext(ctx)
		return nil
	}), "a")
	return r
}
