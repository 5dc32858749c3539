package stream_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

type userKey struct{}

// under renders c in a context with the value that userKey has at its place.
func under(value string, c templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(context.WithValue(ctx, userKey{}, value), w)
	})
}

// saysUser is a component that shows the value of userKey.
var saysUser = templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
	_, err := io.WriteString(w, user(ctx))
	return err
})

func user(ctx context.Context) string { return ctx.Value(userKey{}).(string) }

// saysChildren is a component that shows the children that its context has.
var saysChildren = templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
	return templ.GetChildren(ctx).Render(ctx, w)
})

func TestContextValues(t *testing.T) {
	says := func(ctx context.Context) (templ.Component, error) {
		return templ.Join(html("load "+user(ctx)+", view "), saysUser), sleep(ctx, 100*ms)
	}
	parted := part("a", "lost?")
	run(t, []pageTest{
		{name: "a load, a view and a fallback have those of their place", page: page(
			under("Ada", at(stream.Boundary{Fallback: saysUser, Load: says})),
			under("Bob", at(stream.Boundary{Fallback: saysUser, Load: says})),
		)},
		{name: "an error view too", page: page(under("Ada", at(stream.Boundary{Load: failing(100*ms, errBoom), ErrorView: func(*stream.BoundaryError) templ.Component { return saysUser }})))},
		{name: "what is nested too", page: page(under("Ada", slot(after(100*ms, under("Bob", slot(says)), saysUser))))},
		{name: "in another writer too", page: page(under("Ada", upper(slot(says))))},
		{name: "the children of a boundary are not those of its view, fallback or error view", page: page(with(
			templ.Join(
				at(stream.Boundary{Fallback: saysChildren, Load: after(100*ms, html("view "), saysChildren)}),
				at(stream.Boundary{Load: failing(100*ms, errBoom), ErrorView: func(*stream.BoundaryError) templ.Component { return saysChildren }}),
			), html("children"),
		))},
		{name: "nor in another writer", page: page(with(upper(slot(after(100*ms, html("view "), saysChildren))), html("children")))},
		{name: "fragments asked for around the page are hidden from what comes later", page: page(
			at(stream.Boundary{Fallback: parted, Load: after(100*ms, parted)}), slot(stream.Prerender(templ.Join(waiting(100*ms, ""), parted))),
		), request: underFragments},
	})
}

// inLoad calls f with the context of a load.
func inLoad(t *testing.T, rd stream.Renderer, b stream.Boundary, f func(context.Context)) {
	t.Helper()
	rd.Trace = &quiet
	b.Load = func(ctx context.Context) (templ.Component, error) {
		f(ctx)
		return html(""), nil
	}
	if err := rd.Render(newRecorder(), httptest.NewRequest("GET", "/", nil), page(at(b))); err != nil {
		t.Errorf("Render() = %v, want nil", err)
	}
}

func TestLoadContextTimeout(t *testing.T) {
	for _, tt := range []struct {
		name string
		rd   stream.Renderer
		b    stream.Boundary
	}{
		{"of its own", stream.Renderer{}, stream.Boundary{Timeout: 100 * ms}},
		{"of the renderer", stream.Renderer{Timeout: 100 * ms}, stream.Boundary{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				inLoad(t, tt.rd, tt.b, func(ctx context.Context) {
					if limit, ok := ctx.Deadline(); !ok || limit.Sub(start) != 100*ms {
						t.Errorf("Deadline() = %v, %t, want %v", limit, ok, start.Add(100*ms))
					}
					derived, cancel := context.WithCancel(ctx)
					defer cancel()
					<-derived.Done()
					for _, ctx := range []context.Context{ctx, derived} {
						if got := ctx.Err(); got != context.DeadlineExceeded {
							t.Errorf("Err() = %v, want %v", got, context.DeadlineExceeded)
						}
						cause := context.Cause(ctx)
						for _, want := range []error{stream.ErrTimeout, context.DeadlineExceeded} {
							if !errors.Is(cause, want) {
								t.Errorf("Cause() = %v, want an error that matches %v", cause, want)
							}
						}
						var netErr interface{ Timeout() bool }
						if !errors.As(cause, &netErr) || !netErr.Timeout() {
							t.Errorf("Cause() = %v, want one with a Timeout method that reports true", cause)
						}
					}
				})
			})
		})
	}
}

// contextGoroutines counts the goroutines that package context has started.
func contextGoroutines() int {
	buf := make([]byte, 1<<20)
	return strings.Count(string(buf[:runtime.Stack(buf, true)]), "context.(*cancelCtx).propagateCancel.func")
}

func TestDerivedContexts(t *testing.T) {
	for _, tt := range []struct {
		name string
		b    stream.Boundary
	}{
		{"of a load without a timeout", stream.Boundary{}},
		{"of a load with a timeout", stream.Boundary{Timeout: time.Hour}},
	} {
		t.Run(tt.name+" start no goroutine", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				inLoad(t, stream.Renderer{}, tt.b, func(ctx context.Context) {
					for range 10 {
						_, cancel := context.WithCancel(ctx)
						defer cancel()
						_, cancel = context.WithTimeout(context.WithValue(ctx, userKey{}, ""), time.Hour)
						defer cancel()
						context.AfterFunc(ctx, func() {})
					}
					synctest.Wait()
					if got := contextGoroutines(); got > 0 {
						t.Errorf("%d goroutines of package context, want none", got)
					}
				})
			})
		})
	}
}

// TestLoadContextEnds is about when the context of a load ends.
func TestLoadContextEnds(t *testing.T) {
	for _, tt := range []struct {
		name string
		page func(watch func(context.Context)) templ.Component
		want time.Duration
	}{
		{"not when the load has returned but with the response", func(watch func(context.Context)) templ.Component {
			return page(slot(func(ctx context.Context) (templ.Component, error) { watch(ctx); return html("1"), nil }), slot(after(300*ms)))
		}, 300 * ms},
		{"with its own timeout even if it has returned", func(watch func(context.Context)) templ.Component {
			return page(at(stream.Boundary{Timeout: 100 * ms, Load: func(ctx context.Context) (templ.Component, error) {
				watch(ctx)
				return html("1"), nil
			}}), slot(after(300*ms)))
		}, 100 * ms},
		{"when the load around it fails", func(watch func(context.Context)) templ.Component {
			return page(slot(stream.Prerender(templ.Join(
				slot(func(ctx context.Context) (templ.Component, error) {
					watch(ctx)
					return html("1"), sleep(ctx, time.Hour)
				}),
				waiting(100*ms, ""), half("", func() error { return errBoom }),
			))), slot(after(300*ms)))
		}, 100 * ms},
		{"when the view around it fails", func(watch func(context.Context)) templ.Component {
			return page(slot(after(100*ms,
				slot(func(ctx context.Context) (templ.Component, error) {
					watch(ctx)
					return html("1"), sleep(ctx, time.Hour)
				}),
				waiting(ms, ""), half("", func() error { return errBoom }),
			)), slot(after(300*ms)))
		}, 101 * ms},
		{"when the time of the load around it passes", func(watch func(context.Context)) templ.Component {
			return page(at(stream.Boundary{Timeout: 100 * ms, Load: stream.Prerender(templ.Join(
				slot(func(ctx context.Context) (templ.Component, error) {
					watch(ctx)
					return html("1"), sleep(ctx, time.Hour)
				}),
				waiting(time.Hour, ""),
			))}), slot(after(300*ms)))
		}, 100 * ms},
		{"not when a sibling fails", func(watch func(context.Context)) templ.Component {
			return page(slot(failing(100*ms, errBoom)), slot(func(ctx context.Context) (templ.Component, error) {
				watch(ctx)
				return html("1"), sleep(ctx, 300*ms)
			}))
		}, 300 * ms},
		{"not when a child fails", func(watch func(context.Context)) templ.Component {
			return page(slot(func(ctx context.Context) (templ.Component, error) {
				watch(ctx)
				return stream.Prerender(templ.Join(slot(failing(100*ms, errBoom)), waiting(300*ms, "")))(ctx)
			}))
		}, 300 * ms},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start, ended := time.Now(), time.Duration(-1)
				watch := func(ctx context.Context) {
					context.AfterFunc(ctx, func() { ended = time.Since(start).Round(time.Microsecond) })
				}
				rd := stream.Renderer{Trace: &quiet}
				if err := rd.Render(newRecorder(), httptest.NewRequest("GET", "/", nil), tt.page(watch)); err != nil {
					t.Errorf("Render() = %v, want nil", err)
				}
				synctest.Wait()
				if ended != tt.want {
					t.Errorf("the context ended after %v, want %v", ended, tt.want)
				}
			})
		})
	}
}

// TestContextAroundAFailure has the contexts of loads first asked after a view
// around them has failed, and after the client has left as well.
func TestContextAroundAFailure(t *testing.T) {
	errLeft := errors.New("the client has left")
	for _, tt := range []struct {
		name string
		ask  func(context.Context) error // returns the cause
	}{
		{"Err", func(ctx context.Context) error {
			if got := ctx.Err(); got != context.Canceled {
				return fmt.Errorf("Err() = %v, want %v", got, context.Canceled)
			}
			return context.Cause(ctx)
		}},
		{"Done", func(ctx context.Context) error {
			select {
			case <-ctx.Done():
			default:
				return errors.New("Done() is open")
			}
			return context.Cause(ctx)
		}},
		{"a derived context", func(ctx context.Context) error {
			derived, cancel := context.WithCancel(ctx)
			defer cancel()
			return context.Cause(derived)
		}},
	} {
		for _, depth := range []int{1, 2, 12} {
			t.Run(fmt.Sprintf("%s, %d levels below", tt.name, depth), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					request, leave := context.WithCancelCause(t.Context())
					defer leave(nil)
					time.AfterFunc(200*ms, func() { leave(errLeft) })
					var mu sync.Mutex
					var before error
					var causes []error
					note := func(cause error) {
						mu.Lock()
						defer mu.Unlock()
						causes = append(causes, cause)
					}
					asks := slot(func(ctx context.Context) (templ.Component, error) {
						mu.Lock()
						before = ctx.Err()
						mu.Unlock()
						for range 2 {
							time.Sleep(150 * ms)
							note(tt.ask(ctx))
						}
						return html("1"), nil
					})
					late := slot(func(ctx context.Context) (templ.Component, error) {
						time.Sleep(250 * ms)
						note(tt.ask(ctx))
						return html("1"), nil
					})
					within := templ.Join(asks, late)
					for range depth - 1 {
						within = slot(stream.Prerender(within))
					}
					p := page(slot(after(0, within, waiting(100*ms, ""), half("", func() error { return errBoom }))), slot(after(time.Hour)))
					rd := stream.Renderer{Trace: &quiet}
					err := rd.Render(newRecorder(), httptest.NewRequest("GET", "/", nil).WithContext(request), p)
					if !errors.Is(err, errLeft) {
						t.Errorf("Render() = %v, want %v", err, errLeft)
					}
					time.Sleep(time.Hour)
					mu.Lock()
					defer mu.Unlock()
					if before != nil {
						t.Errorf("Err() = %v before the failure, want nil", before)
					}
					if len(causes) != 3 {
						t.Fatalf("%d answers, want 3", len(causes))
					}
					for _, got := range causes {
						if got == nil || got.Error() != "failure of the surrounding boundary" {
							t.Errorf("the cause is %v, want the failure of the surrounding boundary", got)
						}
					}
				})
			})
		}
	}
}

// TestTemplState is about whom templ.Once is once for.
func TestTemplState(t *testing.T) {
	once := templ.NewOnceHandle(templ.WithComponent(html("once")))
	c := once.Once()
	run(t, []pageTest{
		{name: "the page and views share one", page: page(c, slot(after(100*ms, html("1"), c)), slot(after(200*ms, html("2"), c)))},
		{name: "views share one", page: page(slot(after(100*ms, html("1"), c)), slot(after(200*ms, html("2"), c)))},
		{name: "error views have that of views", page: page(c, at(stream.Boundary{Load: failing(100*ms, errBoom), ErrorView: func(*stream.BoundaryError) templ.Component {
			return templ.Join(html("sorry"), c)
		}}))},
		{name: "each fallback has its own", page: page(
			at(stream.Boundary{Fallback: templ.Join(c, c), Load: after(100*ms, html("1"))}), at(stream.Boundary{Fallback: c, Load: after(100*ms, html("2"))}), c,
		)},
		{name: "each Suspense has its own", page: page(slot(stream.Prerender(templ.Join(waiting(100*ms, "1"), c, c))), slot(stream.Prerender(templ.Join(waiting(200*ms, "2"), c))), c)},
		{name: "what is nested in a Suspense is a view again", page: page(c, slot(stream.Prerender(templ.Join(waiting(100*ms, "1"), c, slot(after(200*ms, html("2"), c))))))},
	})
}
