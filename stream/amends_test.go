package stream_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// TestBranchingErrorViews has error views that place several boundaries, each of
// which fails as well: k, k², k³ … of them, were there no limit.
func TestBranchingErrorViews(t *testing.T) {
	type way struct {
		name string
		slot func(load) templ.Component
	}
	for _, way := range []way{
		{"a load", func(l load) templ.Component { return slot(l) }},
		{"a view", func(l load) templ.Component {
			return slot(func(ctx context.Context) (templ.Component, error) {
				_, err := l(ctx)
				return half("", func() error { return err }), nil
			})
		}},
		{"a view between", func(l load) templ.Component { return slot(after(0, slot(l))) }},
		{"a Suspense", func(l load) templ.Component {
			return slot(stream.Prerender(templ.ComponentFunc(func(ctx context.Context, _ io.Writer) error { _, err := l(ctx); return err })))
		}},
		{"another writer", func(l load) templ.Component { return upper(slot(l)) }},
		{"a sequence", func(l load) templ.Component {
			return row(func(ctx context.Context) iter.Seq2[templ.Component, error] {
				return func(yield func(templ.Component, error) bool) {
					if yield(html("one"), nil) {
						yield(l(ctx))
					}
				}
			})
		}},
	} {
		for _, k := range []int{2, 4, 20} {
			t.Run(fmt.Sprintf("%s, %d at a time", way.name, k), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var loads atomic.Int64
					fails := way.slot(func(ctx context.Context) (templ.Component, error) {
						loads.Add(1)
						return nil, errBoom
					})
					rd := stream.Renderer{Trace: &quiet}
					rd.ErrorView = func(*stream.BoundaryError) templ.Component {
						parts := []templ.Component{html("sorry")}
						for range k {
							parts = append(parts, fails)
						}
						return templ.Join(parts...)
					}
					rec := newRecorder()
					rec.end(func() error { return rd.Render(rec, httptest.NewRequest("GET", "/", nil), page(fails)) })
					if got, most := loads.Load(), int64(1+k+256+8*k); got > most {
						t.Errorf("%d loads, want at most %d", got, most)
					}
					if got := rec.String(); !strings.HasSuffix(got, "</body>\n0s     -- end\n") {
						t.Errorf("the page does not end: %.200q", got)
					}
				})
			})
		}
	}
	t.Run("an error view that places boundaries and fails", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var loads atomic.Int64
			var fails templ.Component
			rd := stream.Renderer{Trace: &quiet, ErrorView: func(*stream.BoundaryError) templ.Component {
				return templ.Join(fails, fails, half("", func() error { return errBoom }))
			}}
			fails = at(stream.Boundary{ErrorView: rd.ErrorView, Load: func(context.Context) (templ.Component, error) {
				loads.Add(1)
				return nil, errBoom
			}})
			rec := newRecorder()
			rec.end(func() error { return rd.Render(rec, httptest.NewRequest("GET", "/", nil), page(fails)) })
			if got := loads.Load(); got > 600 {
				t.Errorf("%d loads", got)
			}
		})
	})
	t.Run("outside a response", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			loads := 0
			var fails templ.Component
			b := stream.Boundary{Load: func(context.Context) (templ.Component, error) { loads++; return nil, errBoom }}
			b.ErrorView = func(*stream.BoundaryError) templ.Component { return templ.Join(fails, fails, fails, fails) }
			fails = at(b)
			if err := fails.Render(t.Context(), io.Discard); err != nil {
				t.Errorf("Render() = %v, want nil", err)
			}
			if most := 1 + 4 + 256 + 8*4; loads > most {
				t.Errorf("%d loads, want at most %d", loads, most)
			}
		})
	})
}

// TestManyFailures holds that a page of many failures shows the error view of
// each, with the boundary in it, and of that one, too.
func TestManyFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var second, third atomic.Int64
		cached := at(stream.Boundary{Load: failing(10*ms, errBoom), ErrorView: func(*stream.BoundaryError) templ.Component {
			third.Add(1)
			return html("not even a copy")
		}})
		fails := at(stream.Boundary{Load: failing(10*ms, errBoom), ErrorView: func(*stream.BoundaryError) templ.Component {
			second.Add(1)
			return cached
		}})
		var parts []templ.Component
		for range 1000 {
			parts = append(parts, fails)
		}
		rd := stream.Renderer{Trace: &quiet, Timeout: time.Minute}
		if err := rd.Render(newRecorder(), httptest.NewRequest("GET", "/", nil), page(parts...)); err != nil {
			t.Errorf("Render() = %v, want nil", err)
		}
		if second.Load() != 1000 || third.Load() != 1000 {
			t.Errorf("%d error views and %d within them, want 1000 of each", second.Load(), third.Load())
		}
	})
}
