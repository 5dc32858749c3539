package stream_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// TestDeafLoads has loads that ignore their context on pages that are not sent
// whole: nobody waits for them.
func TestDeafLoads(t *testing.T) {
	fails := half("", func() error { return errBoom })
	broken := func(c templ.Component) templ.Component { return page(c, waiting(10*ms, ""), fails) }
	stays := func(c templ.Component) templ.Component { return page(c, slot(after(24*time.Hour))) }
	for _, load := range []struct {
		name string
		told bool // of by Trace.Abandoned
		c    templ.Component
	}{
		{"a load", true, slot(stubborn(time.Hour, nil))},
		{"a load with a Timeout", true, at(stream.Boundary{Timeout: time.Minute, Load: stubborn(time.Hour, nil)})},
		{"a Suspense", true, slot(stream.Prerender(half("", func() error { time.Sleep(time.Hour); return nil })))},
		{"a sequence", true, row(deaf(piece{after: time.Hour}))},
		{"a Start", false, templ.ComponentFunc(func(ctx context.Context, _ io.Writer) error {
			suspense.Start(ctx, stubborn(time.Hour, nil))
			return nil
		})},
		{"a load in place in a Suspense", true, slot(stream.Prerender(upper(slot(stubborn(time.Hour, nil)))))},
	} {
		for _, end := range []struct {
			name  string
			page  func(templ.Component) templ.Component
			leave time.Duration
			flush time.Duration // when the writer fails
			mode  stream.Mode
		}{
			{"a shell that fails", broken, 0, 0, stream.OutOfOrder},
			{"a shell that fails after a flush", func(c templ.Component) templ.Component { return page(c, templ.Flush(), waiting(10*ms, ""), fails) }, 0, 0, stream.OutOfOrder},
			{"a page that panics", func(c templ.Component) templ.Component {
				return page(c, waiting(10*ms, ""), half("", func() error { panic(errBoom) }))
			}, 0, 0, stream.OutOfOrder},
			{"a load that aborts the page", func(c templ.Component) templ.Component {
				return page(c, slot(panicking(10*ms, http.ErrAbortHandler)))
			}, 0, 0, stream.OutOfOrder},
			{"a client that leaves", stays, 10 * ms, 0, stream.OutOfOrder},
			{"a client that leaves in order", stays, 10 * ms, 0, stream.InOrder},
			{"a client that leaves a complete page", stays, 10 * ms, 0, stream.Complete},
			{"a client that leaves while the page waits in place", func(c templ.Component) templ.Component {
				return page(c, upper(slot(after(24*time.Hour))))
			}, 10 * ms, 0, stream.OutOfOrder},
			{"a write that fails", func(c templ.Component) templ.Component { return page(c, slot(after(10*ms)), slot(after(time.Hour))) }, 0, 5 * ms, stream.OutOfOrder},
		} {
			for _, timeout := range []time.Duration{0, -1} {
				t.Run(fmt.Sprintf("%s, %s, %v", load.name, end.name, timeout), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						rec, start, told := newRecorder(), time.Now(), 0
						rd := stream.Renderer{Mode: always(end.mode), Timeout: timeout, Trace: &stream.Trace{
							Failed:    quiet.Failed,
							Abandoned: func(context.Context, stream.BoundaryInfo) { told++ },
						}}
						ctx, cancel := context.WithCancel(t.Context())
						defer cancel()
						if end.leave > 0 {
							time.AfterFunc(end.leave, cancel)
						}
						if end.flush > 0 {
							time.AfterFunc(end.flush, func() { rec.Lock(); defer rec.Unlock(); rec.Fail = errBoom })
						}
						rec.end(func() error {
							err := rd.Render(rec, httptest.NewRequest("GET", "/", nil).WithContext(ctx), end.page(load.c))
							if err == nil {
								t.Error("Render() = nil, want an error")
							}
							return err
						})
						if took := time.Since(start); took > 111*ms {
							t.Errorf("Render() returned after %v", took)
						}
						if want := 1; load.told && told != want {
							t.Errorf("%d loads were abandoned, want %d", told, want)
						}
						time.Sleep(48 * time.Hour)
					})
				})
			}
		}
	}
	t.Run("those that need a moment are waited for", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var ended atomic.Bool
			slow := slot(func(ctx context.Context) (templ.Component, error) {
				_ = sleep(ctx, time.Hour)
				time.Sleep(90 * ms)
				ended.Store(true)
				return nil, ctx.Err()
			})
			rd := stream.Renderer{Trace: &stream.Trace{Abandoned: func(context.Context, stream.BoundaryInfo) { t.Error("it was abandoned") }}}
			err := rd.Render(newRecorder(), httptest.NewRequest("GET", "/", nil), broken(slow))
			if !errors.Is(err, stream.ErrShell) || !ended.Load() {
				t.Errorf("Render() = %v, the load has ended: %t", err, ended.Load())
			}
		})
	})
	t.Run("those of a page that is sent whole have their time", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var ended atomic.Bool
			c := templ.ComponentFunc(func(ctx context.Context, _ io.Writer) error {
				suspense.Start(ctx, func(context.Context) (int, error) { time.Sleep(time.Second); ended.Store(true); return 0, nil })
				return nil
			})
			if err := new(stream.Renderer).Render(newRecorder(), httptest.NewRequest("GET", "/", nil), page(c)); err != nil || !ended.Load() {
				t.Errorf("Render() = %v, the load has ended: %t", err, ended.Load())
			}
		})
	})
	t.Run("the answer comes at once", func(t *testing.T) {
		overPipes(t, stream.Handler(pageOf(broken(slot(stubborn(2*time.Second, nil))))), func(t *testing.T, p *pipeline) {
			start := time.Now()
			res, err := p.get(t, t.Context())
			if err != nil {
				t.Fatalf("Get() = %v", err)
			}
			body, err := io.ReadAll(res.Body)
			if res.StatusCode != 500 || err != nil || string(body) != "Internal Server Error\n" {
				t.Errorf("answer = %d %q, %v", res.StatusCode, body, err)
			}
			if took := time.Since(start); took > 111*ms {
				t.Errorf("the answer came after %v", took)
			}
			time.Sleep(time.Minute)
		})
	})
}
