package stream_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// TestKept has components that are made once and shown to many visitors, twice
// to each: everyone is shown all of it, with values of their own.
func TestKept(t *testing.T) {
	says := func(ctx context.Context) (string, error) { return user(ctx), sleep(ctx, 10*ms) }
	raw := func(s string) templ.Component { return html("<b>" + s + "</b>") }
	words := func(ctx context.Context) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) { _ = yield("<b>", nil) && yield(user(ctx)+"</b>", nil) }
	}
	await := suspense.Await(nil, says, raw)
	// cached keeps what load returns to the first.
	cached := func(load load) templ.Component {
		var first atomic.Pointer[templ.Component]
		return slot(func(ctx context.Context) (templ.Component, error) {
			if c := first.Load(); c != nil {
				return *c, nil
			}
			c, err := load(ctx)
			first.CompareAndSwap(nil, &c)
			return c, err
		})
	}
	for _, tt := range []struct {
		name string
		c    templ.Component
	}{
		{"an Await", await},
		{"a Suspense", with(suspense.Suspense(nil), await)},
		{"a Text", templ.Join(html("<b>"), suspense.Text(nil, func(ctx context.Context) iter.Seq2[string, error] {
			return func(yield func(string, error) bool) { yield(user(ctx), nil) }
		}), html("</b>"))},
		{"an Each", suspense.Each(nil, func(ctx context.Context) iter.Seq2[string, error] {
			return func(yield func(string, error) bool) { yield(user(ctx), nil) }
		}, raw)},
		{"an Each of words", suspense.Each(nil, words, func(s string) templ.Component { return html(s) })},
		{"a load of Rendered", slot(stream.Prerender(await))},
		{"what Prerender made", cached(stream.Prerender(await))},
		{"what Prerender made, with more around it", cached(stream.Prerender(templ.Join(html("<u>"), await, html("</u>"))))},
		{"what Prerender made, with a Suspense in it", cached(stream.Prerender(with(suspense.Suspense(nil), await)))},
		{"what Prerender made, with a sequence in it", cached(stream.Prerender(suspense.Each(nil, words, func(s string) templ.Component { return html(s) })))},
		{"what Prerender made, in another writer", lower(cached(stream.Prerender(await)))},
		{"what Prerender made, with another writer in it", cached(stream.Prerender(lower(await)))},
		{"a view with boundaries", cached(func(context.Context) (templ.Component, error) { return await, nil })},
		{"an error view", at(stream.Boundary{Load: failing(0, errBoom), ErrorView: func(*stream.BoundaryError) templ.Component { return await }})},
	} {
		for _, mode := range []stream.Mode{stream.OutOfOrder, stream.InOrder, stream.Complete} {
			t.Run(tt.name+", "+mode.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var visitors sync.WaitGroup
					for i := range 8 {
						visitors.Go(func() {
							time.Sleep(time.Duration(i/2) * 5 * ms) // some at the same time
							name := fmt.Sprintf("u%d", i)
							ctx := context.WithValue(t.Context(), userKey{}, name)
							w := newWireLog()
							rd := stream.Renderer{Mode: always(mode), Script: stream.NoScript(), Trace: &stream.Trace{Failed: func(_ context.Context, err *stream.BoundaryError) {
								if err.Err != errBoom {
									t.Errorf("visitor %d: %v", i, err)
								}
							}}}
							err := rd.Render(w, httptest.NewRequest("GET", "/", nil).WithContext(ctx), page(tt.c, tt.c))
							if err != nil {
								t.Errorf("visitor %d: Render() = %v, want nil", i, err)
							}
							if got := strings.Count(strings.ReplaceAll(w.body(), "&lt;", "<"), name+"</b>"); got != 2 {
								t.Errorf("visitor %d was shown %q, want their name twice", i, w.body())
							}
						})
					}
					visitors.Wait()
				})
			})
		}
	}
	t.Run("what a Start returned", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var wait func(context.Context) (string, error)
			var once sync.Once
			c := slot(func(ctx context.Context) (templ.Component, error) {
				once.Do(func() { wait = suspense.Start(ctx, says) })
				s, err := wait(ctx)
				return html(s), err
			})
			for i := range 3 {
				rec := newRecorder()
				rd := stream.Renderer{Script: stream.NoScript(), Trace: &quiet}
				ctx := context.WithValue(t.Context(), userKey{}, "Ada")
				rec.end(func() error { return rd.Render(rec, httptest.NewRequest("GET", "/", nil).WithContext(ctx), page(c)) })
				if got := rec.String(); !strings.Contains(got, "Ada") {
					t.Errorf("visitor %d: page = %q, want the result", i, got)
				}
			}
		})
	})
	t.Run("a Start whose response has ended says so", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var wait func(context.Context) (string, error)
			c := slot(func(ctx context.Context) (templ.Component, error) {
				wait = suspense.Start(ctx, func(ctx context.Context) (string, error) { return "", sleep(ctx, time.Hour) })
				return html("1"), nil
			})
			rd := stream.Renderer{Trace: &quiet}
			_ = rd.Render(newRecorder(), httptest.NewRequest("GET", "/", nil), page(c))
			if _, err := wait(t.Context()); err == nil || errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "ended") {
				t.Errorf("wait() = %v, want an error that says that the response has ended", err)
			}
		})
	})
	t.Run("as a fallback its boundaries do not load", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			inner := at(stream.Boundary{Fallback: html("inner"), Load: after(time.Hour, html("lost"))})
			rec, rd := newWireLog(), stream.Renderer{Script: stream.NoScript(), Trace: &quiet}
			c := slot(func(ctx context.Context) (templ.Component, error) {
				kept, err := stream.Prerender(inner)(ctx)
				return at(stream.Boundary{Fallback: kept, Load: after(100*ms, html("1"))}), err
			})
			if err := rd.Render(rec, httptest.NewRequest("GET", "/", nil), page(c)); err != nil {
				t.Errorf("Render() = %v, want nil", err)
			}
			if got := rec.body(); !strings.Contains(got, "<?start name=\"1.2\">inner<?end>") {
				t.Errorf("page = %q, want the fallback's fallback", got)
			}
		})
	})
}

// TestKeptKeepsNoRequest holds that what Prerender made keeps the request of its
// response no longer than until it is rendered, there or elsewhere.
func TestKeptKeepsNoRequest(t *testing.T) {
	for _, there := range []bool{true, false} {
		t.Run(fmt.Sprintf("rendered there: %t", there), func(t *testing.T) {
			var kept templ.Component
			request := func() weak.Pointer[[1 << 10]byte] {
				big := new([1 << 10]byte)
				ctx := context.WithValue(context.Background(), userKey{}, big)
				c := slot(func(ctx context.Context) (_ templ.Component, err error) {
					if kept, err = stream.Prerender(slot(after(0, html("1"))))(ctx); there {
						return kept, err
					}
					return html("nothing"), err
				})
				_ = stream.Render(newWireLog(), httptest.NewRequest("GET", "/", nil).WithContext(ctx), page(c))
				return weak.Make(big)
			}()
			if !there {
				_ = stream.Render(newWireLog(), httptest.NewRequest("GET", "/", nil), page(kept))
			}
			for range 50 {
				if runtime.GC(); request.Value() == nil {
					break
				}
			}
			if request.Value() != nil {
				t.Error("the request is still held")
			}
			runtime.KeepAlive(kept)
		})
	}
}
