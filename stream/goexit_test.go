package stream_test

import (
	"context"
	"errors"
	"iter"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// TestGoexit has code of the page's that ends its goroutine, wherever a response
// calls some. In a load it fails the boundary; in the goroutine of the response,
// which it ends, the page is cut. Neither is waited for.
func TestGoexit(t *testing.T) {
	exit := func() error { runtime.Goexit(); return nil }
	info := func(_ context.Context, b stream.BoundaryInfo) {
		if b.ID == "" || b.ID == "1" {
			runtime.Goexit()
		}
	}
	loading := func(ctx context.Context, b stream.BoundaryInfo) context.Context { info(ctx, b); return ctx }
	loaded := func(ctx context.Context, b stream.BoundaryInfo, _ error) { info(ctx, b) }
	fails := slot(failing(100*ms, errBoom))
	sequence := func(f func(yield func(templ.Component, error) bool)) templ.Component {
		return at(stream.Boundary{Pieces: func(context.Context) iter.Seq2[templ.Component, error] { return f }})
	}
	for _, tt := range []struct {
		name  string
		trace stream.Trace
		page  templ.Component
		shown string // "": the page is cut
	}{
		{"a load", stream.Trace{}, slot(goexit(100 * ms)), "This part could not be loaded"},
		{"Trace.Loading", stream.Trace{Loading: loading}, slot(after(100*ms, html("1"))), "This part could not be loaded"},
		{"Trace.Loaded", stream.Trace{Loaded: loaded}, slot(after(100*ms, html("1"))), "This part could not be loaded"},
		{"Trace.Loaded of a load that fails", stream.Trace{Loaded: loaded}, fails, "This part could not be loaded"},
		{"Trace.Loaded of a sequence", stream.Trace{Loaded: loaded}, row(each(piece{100 * ms, html("1"), nil})), "This part could not be loaded"},
		{"Trace.Met in a Suspense", stream.Trace{Met: func(ctx context.Context, b stream.BoundaryInfo) {
			if b.ID == "1.1" {
				runtime.Goexit()
			}
		}}, slot(stream.Prerender(templ.Join(waiting(100*ms, ""), slot(after(0))))), "This part could not be loaded"},
		{"Trace.InPlace in a Suspense", stream.Trace{InPlace: info}, slot(stream.Prerender(templ.Join(waiting(100*ms, ""), upper(slot(after(0)))))), "This part could not be loaded"},
		{"Trace.Failed in a Suspense", stream.Trace{Failed: func(_ context.Context, err *stream.BoundaryError) {
			if err.ID == "" {
				runtime.Goexit()
			}
		}}, slot(stream.Prerender(templ.Join(waiting(100*ms, ""), upper(fails)))), "This part could not be loaded"},
		{"the children of a Suspense", stream.Trace{}, slot(stream.Prerender(templ.Join(waiting(100*ms, ""), half("", exit)))), "This part could not be loaded"},
		{"a sequence", stream.Trace{}, sequence(func(yield func(templ.Component, error) bool) {
			time.Sleep(100 * ms)
			yield(html("one"), nil)
			runtime.Goexit()
		}), "one"},
		{"a sequence that is ahead of its client", stream.Trace{}, sequence(func(yield func(templ.Component, error) bool) {
			time.Sleep(100 * ms)
			for range 1000 {
				yield(html("."), nil)
			}
			runtime.Goexit()
		}), "This part could not be loaded"},
		{"Go", stream.Trace{}, slot(func(ctx context.Context) (templ.Component, error) {
			return nil, stream.Go(ctx, func(context.Context) error { time.Sleep(100 * ms); return exit() })(ctx)
		}), "This part could not be loaded"},
		{"a load in place", stream.Trace{}, slot(after(100*ms, upper(slot(goexit(100*ms))))), "THIS PART COULD NOT BE LOADED"},
		{"the error that a load returns", stream.Trace{}, slot(failing(100*ms, exitError{})), "This part could not be loaded"},

		{"Trace.Met", stream.Trace{Met: info}, slot(after(100 * ms)), ""},
		{"Trace.Status", stream.Trace{Status: func(context.Context, int) { runtime.Goexit() }}, slot(after(100 * ms)), ""},
		{"Trace.Flushed", stream.Trace{Flushed: func(context.Context, int) { runtime.Goexit() }}, slot(after(100 * ms)), ""},
		{"Trace.Failed", stream.Trace{Failed: func(context.Context, *stream.BoundaryError) { runtime.Goexit() }}, fails, ""},
		{"Trace.Sent", stream.Trace{Sent: func(context.Context, stream.BoundaryInfo, int, bool) { runtime.Goexit() }}, slot(after(100 * ms)), ""},
		{"Trace.InPlace", stream.Trace{InPlace: info}, upper(slot(after(100 * ms))), ""},
		{"the page", stream.Trace{}, templ.Join(slot(after(100*ms)), half("", exit)), ""},
		{"a view", stream.Trace{}, slot(after(100*ms, half("", exit))), ""},
		{"a view in place", stream.Trace{}, upper(slot(after(100*ms, half("", exit)))), ""},
		{"a piece", stream.Trace{}, row(each(piece{100 * ms, half("", exit), nil})), ""},
		{"a fallback", stream.Trace{}, at(stream.Boundary{Fallback: half("", exit), Load: after(100 * ms)}), ""},
		{"an error view", stream.Trace{}, at(stream.Boundary{Load: failing(100*ms, errBoom), ErrorView: func(*stream.BoundaryError) templ.Component { return half("", exit) }}), ""},
		{"what makes an error view", stream.Trace{}, at(stream.Boundary{Load: failing(100*ms, errBoom), ErrorView: func(*stream.BoundaryError) templ.Component { runtime.Goexit(); return nil }}), ""},
	} {
		for _, mode := range []stream.Mode{stream.OutOfOrder, stream.InOrder, stream.Complete} {
			if tt.name == "a fallback" && mode != stream.OutOfOrder {
				continue
			}
			t.Run(tt.name+", "+mode.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					rec, start := newRecorder(), time.Now()
					trace, returned := tt.trace, false
					if trace.Failed == nil {
						trace.Failed = quiet.Failed
					}
					rd := stream.Renderer{Mode: always(mode), Trace: &trace, Script: stream.NoScript()}
					waits := slot(after(200*ms, html("last")))
					done := make(chan struct{})
					go func() {
						defer close(done)
						err := rd.Render(rec, httptest.NewRequest("GET", "/", nil), page(tt.page, waits))
						if returned = true; err != nil {
							t.Errorf("Render() = %v, want nil", err)
						}
					}()
					<-done
					if took := time.Since(start); took > time.Second {
						t.Errorf("the response took %v", took)
					}
					if got := strings.Join(rec.Unflushed, "") + rec.String(); tt.shown != "" && !(strings.Contains(got, tt.shown) && strings.Contains(got, "last")) {
						t.Errorf("page = %q, want %q in it", got, tt.shown)
					}
					if returned != (tt.shown != "") {
						t.Errorf("Render has returned: %t", returned)
					}
					ended := tt.shown == "" && mode == stream.OutOfOrder && len(rec.Unflushed)+len(rec.Lines) > 0
					if ended && !rec.Deadline.Equal(time.Unix(1, 0)) && tt.name != "Trace.Status" {
						t.Error("the page was not cut")
					}
					time.Sleep(time.Hour)
				})
			})
		}
	}
}

// exitError ends the goroutine that asks what it is about.
type exitError struct{}

func (exitError) Error() string { return "exit" }
func (exitError) Is(error) bool { runtime.Goexit(); return false }
func (exitError) Unwrap() error { return nil }

// TestGoexitAtTheEnd is about callbacks of the end: the page is cut all the same.
func TestGoexitAtTheEnd(t *testing.T) {
	for _, tt := range []struct {
		name  string
		trace stream.Trace
	}{
		{"Trace.Abandoned", stream.Trace{Abandoned: func(context.Context, stream.BoundaryInfo) { runtime.Goexit() }}},
		{"a panic of Trace.Abandoned", stream.Trace{Abandoned: func(context.Context, stream.BoundaryInfo) { panic(errBoom) }}},
		{"Trace.Done", stream.Trace{Done: func(context.Context, error) { runtime.Goexit() }}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rec, told := newRecorder(), false
				trace := tt.trace
				trace.Failed = quiet.Failed
				if trace.Done == nil {
					trace.Done = func(_ context.Context, err error) { told = err != nil }
				} else {
					told = true
				}
				ctx, leave := context.WithCancel(t.Context())
				time.AfterFunc(300*ms, leave)
				rd := stream.Renderer{Trace: &trace}
				done := make(chan struct{})
				go func() {
					defer close(done)
					defer func() { _ = recover() }()
					deaf := at(stream.Boundary{Timeout: 100 * ms, Load: stubborn(time.Hour, nil)})
					_ = rd.Render(rec, httptest.NewRequest("GET", "/", nil).WithContext(ctx), page(deaf, slot(after(time.Minute))))
				}()
				<-done
				if !rec.Deadline.Equal(time.Unix(1, 0)) {
					t.Error("the page was not cut")
				}
				if !told {
					t.Error("Trace.Done was not called with an error")
				}
				time.Sleep(2 * time.Hour)
			})
		})
	}
}

// TestGoexitOfStart is about what several boundaries wait for.
func TestGoexitOfStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wait := suspense.Start(t.Context(), func(context.Context) (string, error) { runtime.Goexit(); return "", nil })
		if _, err := wait(t.Context()); err == nil || errors.Is(err, context.Canceled) {
			t.Errorf("wait() = %v, want an error that names Goexit", err)
		}
	})
}
