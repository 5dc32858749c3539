package suspense_test

import (
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
	"github.com/rivulet-go/rivulet/suspense/internal/pagetest"
)

// starting renders what c makes of something that was started.
func starting[T any](load func(context.Context) (T, error), c func(wait func(context.Context) (T, error)) templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c(suspense.Start(ctx, load)).Render(ctx, w)
	})
}

func TestStart(t *testing.T) {
	started := 0
	load := func(ctx context.Context) (string, error) {
		started++
		return "Ada", pagetest.Sleep(ctx, 100*ms)
	}
	t.Run("two boundaries share one load", func(t *testing.T) {
		got, _ := pagetest.Response(t, starting(load, func(wait func(context.Context) (string, error)) templ.Component {
			return templ.Join(suspense.Await(nil, wait, html), suspense.Await(nil, wait, html))
		}))
		want := `0s <?start name="1"><?end><?start name="2"><?end>` + "\n" +
			`100ms <template for="1">Ada</template><!/><template for="2">Ada</template><!/>` + "\n"
		if got != want {
			t.Errorf("response:\n%s\nwant:\n%s", got, want)
		}
		if started != 1 {
			t.Errorf("the load was started %d times, want once", started)
		}
	})
	t.Run("what is nested need not wait for what is around it", func(t *testing.T) {
		got, _ := pagetest.Response(t, starting(load, func(wait func(context.Context) (string, error)) templ.Component {
			return suspense.Await(nil, pagetest.Value(100*ms, "Hello, "), func(s string) templ.Component {
				return templ.Join(html(s), suspense.Await(html("dots"), wait, html))
			})
		}))
		want := `0s <?start name="1"><?end>` + "\n" + `100ms <template for="1">Hello, Ada</template><!/>` + "\n"
		if got != want {
			t.Errorf("response:\n%s\nwant:\n%s", got, want)
		}
	})
	t.Run("a panic is an error for all that wait", func(t *testing.T) {
		_, failed := pagetest.Response(t, starting(func(context.Context) (string, error) { panic("boom") }, func(wait func(context.Context) (string, error)) templ.Component {
			return templ.Join(suspense.Await(nil, wait, html), suspense.Await(nil, wait, html))
		}))
		if len(failed) != 2 {
			t.Fatalf("%d boundaries failed, want 2", len(failed))
		}
		for _, err := range failed {
			var p *stream.PanicError
			if !errors.As(err, &p) || p.Value != "boom" || len(p.Stack) == 0 {
				t.Errorf("error = %v, want a PanicError with the value boom and a stack", err)
			}
		}
	})
}

// TestStartAlone has no response around it.
func TestStartAlone(t *testing.T) {
	for _, tt := range []struct {
		name string
		load func(context.Context) (int, error)
		ctx  time.Duration // of the context of Start; zero: for ever
		wait time.Duration // of the context of the wait; zero: for ever
		want int
		err  error
	}{
		{"the result is returned", pagetest.Value(100*ms, 42), 0, 0, 42, nil},
		{"the error is returned without a value", func(context.Context) (int, error) { return 42, errBoom }, 0, 0, 0, errBoom},
		{"the end of the context of Start ends the load", pagetest.Value(time.Hour, 42), 50 * ms, 0, 0, context.DeadlineExceeded},
		{"the end of the context of the wait is returned", pagetest.Value(100*ms, 42), 0, 40 * ms, 0, context.DeadlineExceeded},
		{"a panic is returned if it is an error", func(context.Context) (int, error) { panic(errBoom) }, 0, 0, 0, errBoom},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				limited := func(d time.Duration) context.Context {
					if d == 0 {
						return t.Context()
					}
					ctx, cancel := context.WithTimeout(t.Context(), d)
					t.Cleanup(cancel)
					return ctx
				}
				wait := suspense.Start(limited(tt.ctx), tt.load)
				for range 2 {
					got, err := wait(limited(tt.wait))
					if got != tt.want || !errors.Is(err, tt.err) {
						t.Errorf("wait() = %v, %v, want %v, %v", got, err, tt.want, tt.err)
					}
				}
				time.Sleep(time.Hour)
			})
		})
	}
	t.Run("a load that ends its goroutine is an error", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			wait := suspense.Start(t.Context(), func(context.Context) (int, error) { runtime.Goexit(); return 0, nil })
			if _, err := wait(t.Context()); err == nil {
				t.Error("wait() = nil, want an error")
			}
		})
	})
	t.Run("a context that has ended starts nothing", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errBoom)
		wait := suspense.Start(ctx, func(context.Context) (int, error) { t.Error("the load was started"); return 0, nil })
		if _, err := wait(t.Context()); !errors.Is(err, errBoom) {
			t.Errorf("wait() = %v, want %v", err, errBoom)
		}
	})
	t.Run("the context has the values of that of Start", func(t *testing.T) {
		type key struct{}
		wait := suspense.Start(context.WithValue(t.Context(), key{}, 42), func(ctx context.Context) (int, error) { return ctx.Value(key{}).(int), nil })
		if got, err := wait(t.Context()); got != 42 || err != nil {
			t.Errorf("wait() = %v, %v, want 42, nil", got, err)
		}
	})
	t.Run("its context outlives the load that started it, and ends with the response", func(t *testing.T) {
		var ended time.Duration
		c := suspense.Await(nil, func(ctx context.Context) (string, error) {
			start := time.Now()
			suspense.Start(ctx, func(ctx context.Context) (int, error) {
				<-ctx.Done()
				ended = time.Since(start).Round(time.Microsecond)
				return 0, nil
			})
			return "1", pagetest.Sleep(ctx, 100*ms)
		}, html)
		pagetest.Response(t, templ.Join(c, suspense.Await(nil, pagetest.Value(300*ms, "2"), html)))
		if want := 300 * ms; ended != want {
			t.Errorf("the context ended after %v, want %v", ended, want)
		}
	})
}

// TestStartInPlace begins in a load what a view within its view waits for. The
// context of a load does not end because the load has returned.
func TestStartInPlace(t *testing.T) {
	type later struct {
		load func(context.Context) (string, error)
	}
	await := func(opts ...suspense.Option) templ.Component {
		return suspense.Await(nil, func(ctx context.Context) (later, error) {
			return later{suspense.Start(ctx, pagetest.Value(100*ms, "later"))}, nil
		}, func(l later) templ.Component { return suspense.Await(nil, l.load, html) }, opts...)
	}
	elsewhere := func(c templ.Component) templ.Component {
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			var b strings.Builder
			if err := c.Render(ctx, &b); err != nil {
				return err
			}
			_, err := io.WriteString(w, b.String())
			return err
		})
	}
	for name, opts := range map[string][]suspense.Option{"alone": nil, "with a timeout": {suspense.Timeout(time.Second)}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var b strings.Builder
				if err := await(opts...).Render(t.Context(), &b); err != nil || b.String() != "later" {
					t.Errorf("Render() = %v, page = %q, want nil, %q", err, b.String(), "later")
				}
				w := httptest.NewRecorder()
				err := stream.Render(w, httptest.NewRequest("GET", "/", nil), elsewhere(await(opts...)))
				if err != nil || w.Body.String() != "later" {
					t.Errorf("in a response: Render() = %v, page = %q, want nil, %q", err, w.Body, "later")
				}
			})
		})
	}
}
