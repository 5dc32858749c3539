package stream_test

import (
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// The loads of a page begin one after the other. When the response ends, those that have
// not begun do not begin.
func TestLoadsThatHaveNotBegun(t *testing.T) {
	const loads = 200
	for _, limit := range []int{0, loads / 2} {
		for _, tt := range []struct {
			name  string
			until bool
		}{{"the client leaves", false}, {"the server stops", true}} {
			t.Run(fmt.Sprintf("%s, limit %d", tt.name, limit), func(t *testing.T) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // so that the page meets all boundaries first
				ctx, end := context.WithCancel(t.Context())
				defer end()
				var begun, loading, loaded atomic.Int64
				abandoned, failed := 0, 0
				rd := stream.Renderer{Limit: limit, Trace: &stream.Trace{
					Failed:    func(context.Context, *stream.BoundaryError) { failed++ },
					Loading:   func(context.Context, stream.BoundaryInfo) context.Context { loading.Add(1); return nil },
					Loaded:    func(context.Context, stream.BoundaryInfo, error) { loaded.Add(1) },
					Abandoned: func(context.Context, stream.BoundaryInfo) { abandoned++ },
				}}
				request := t.Context()
				if tt.until {
					rd.Until = ctx
				} else {
					request = ctx
				}
				err := rd.Render(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil).WithContext(request), page(several(loads, func() (templ.Component, error) {
					begun.Add(1)
					end()
					return html("a"), nil
				})...))
				n := begun.Load()
				if n > loads/2 || loading.Load() != n || loaded.Load() != n || abandoned != 0 {
					t.Errorf("%d loads have begun, want at most %d; Loading was called %d times, Loaded %d times, Abandoned %d times", n, loads/2, loading.Load(), loaded.Load(), abandoned)
				}
				if tt.until && (err != nil || failed < loads/2) || !tt.until && err == nil {
					t.Errorf("Render() = %v, %d boundaries have failed; want an error: %t", err, failed, !tt.until)
				}
			})
		}
	}
}

// A load that the response no longer waits for may return before the response ends. The
// loads that wait for its place in the Limit do not begin, and the response ends as if
// there were none: it takes the forms that the load has parsed.
func TestQueueAtTheEnd(t *testing.T) {
	for late := range time.Duration(10) {
		synctest.Test(t, func(t *testing.T) {
			ctx, leave := context.WithCancel(t.Context())
			time.AfterFunc(10*ms, leave)
			abandoned, begun := 0, false
			rd := stream.Renderer{Limit: 1, Trace: &stream.Trace{Abandoned: func(context.Context, stream.BoundaryInfo) { abandoned++ }}}
			h := rd.Handler(func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
				return page(slot(func(context.Context) (templ.Component, error) {
					r.MultipartForm = new(multipart.Form)
					time.Sleep(110*ms + late)
					return html("a"), nil
				}), slot(func(context.Context) (templ.Component, error) {
					begun = true
					return html("b"), nil
				})), nil
			})
			r := httptest.NewRequest("POST", "/", nil).WithContext(ctx)
			r.Header.Set("Content-Type", "multipart/form-data")
			func() {
				defer func() { _ = recover() }()
				h.ServeHTTP(httptest.NewRecorder(), r)
			}()
			if begun {
				t.Errorf("after %v: a load in the queue has begun", late)
			}
			if r.MultipartForm == nil && abandoned == 0 {
				t.Errorf("after %v: no form, although no load is abandoned", late)
			}
			time.Sleep(time.Second)
		})
	}
}
