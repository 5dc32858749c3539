package stream_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/stream"
)

func TestTracesTellEachOfThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var alone, first, second events
		run := func(trace *stream.Trace) {
			rd := stream.Renderer{Script: stream.NoScript(), Trace: trace}
			err := rd.Render(newRecorder(), httptest.NewRequest("GET", "/", nil), page(
				at(stream.Boundary{Name: "a", Load: after(100 * ms)}), slot(failing(10*ms, errBoom)), upper(slot(after(0))),
				at(stream.Boundary{Timeout: 50 * ms, Load: stubborn(time.Hour, html("lost"))}),
			))
			if err != nil {
				t.Errorf("Render() = %v, want nil", err)
			}
			time.Sleep(24 * time.Hour)
		}
		run(alone.trace())
		run(stream.JoinTraces(nil, first.trace(), new(stream.Trace), second.trace()))
		want := alone.sorted()
		for name, e := range map[string]*events{"first": &first, "second": &second} {
			if got := e.sorted(); !slices.Equal(got, want) {
				t.Errorf("the %s trace was told\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
	})
}

// sorted returns the lines in one order: loads that start at the same moment
// are told in any.
func (e *events) sorted() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Sorted(slices.Values(e.lines))
}

// TestTracesForgetNothing keeps a callback that is added to Trace from being
// forgotten.
func TestTracesForgetNothing(t *testing.T) {
	fields := reflect.TypeFor[stream.Trace]()
	for i := range fields.NumField() {
		f := fields.Field(i)
		if f.Type.Kind() != reflect.Func {
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			calls := 0
			one := func() *stream.Trace {
				trace := new(stream.Trace)
				reflect.ValueOf(trace).Elem().Field(i).Set(reflect.MakeFunc(f.Type, func([]reflect.Value) []reflect.Value {
					calls++
					out := make([]reflect.Value, f.Type.NumOut())
					for i := range out {
						out[i] = reflect.Zero(f.Type.Out(i))
					}
					return out
				}))
				return trace
			}
			for _, traces := range [][]*stream.Trace{{one()}, {one(), nil}, {nil, one(), new(stream.Trace)}, {one(), one()}} {
				want := 0
				for _, trace := range traces {
					if trace != nil && !reflect.ValueOf(trace).Elem().Field(i).IsNil() {
						want++
					}
				}
				calls = 0
				both := reflect.ValueOf(stream.JoinTraces(traces...)).Elem().Field(i)
				in := make([]reflect.Value, f.Type.NumIn())
				for i := range in {
					in[i] = reflect.Zero(f.Type.In(i))
				}
				both.Call(in)
				if calls != want {
					t.Errorf("%d of %d traces were told", calls, want)
				}
			}
		})
	}
}

type visitKey int

func TestTracesStartInTheContextOfTheOneBefore(t *testing.T) {
	start := func(key visitKey) *stream.Trace {
		return &stream.Trace{Start: func(ctx context.Context, _ *http.Request, _ stream.Mode) context.Context {
			if key > 0 && ctx.Value(key-1) == nil {
				t.Errorf("trace %d does not see what the one before has set", key)
			}
			return context.WithValue(ctx, key, true)
		}}
	}
	none := &stream.Trace{Start: func(context.Context, *http.Request, stream.Mode) context.Context { return nil }}
	done := &stream.Trace{Done: func(ctx context.Context, _ error) {
		if ctx.Value(visitKey(0)) == nil || ctx.Value(visitKey(1)) == nil {
			t.Error("Done is not called with what both have set")
		}
	}}
	rd := stream.Renderer{Trace: stream.JoinTraces(start(0), none, start(1), done)}
	if err := rd.Render(newRecorder(), httptest.NewRequest("GET", "/", nil), html("1")); err != nil {
		t.Errorf("Render() = %v, want nil", err)
	}
}

func TestFailuresAreLoggedUnlessSomebodyTakesThem(t *testing.T) {
	looks := &stream.Trace{Failed: func(context.Context, *stream.BoundaryError) {}, LogFailures: true}
	takes := &stream.Trace{Failed: func(context.Context, *stream.BoundaryError) {}}
	for _, tt := range []struct {
		name  string
		trace *stream.Trace
		want  bool
	}{
		{"nobody looks", nil, true},
		{"one looks", looks, true},
		{"one takes", takes, false},
		{"one looks, among others", stream.JoinTraces(new(stream.Trace), looks, new(stream.Trace)), true},
		{"two look", stream.JoinTraces(looks, looks), true},
		{"one looks, one takes", stream.JoinTraces(looks, takes), false},
		{"one takes, one looks", stream.JoinTraces(takes, looks), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			logs := captureLog(t)
			rd := stream.Renderer{Trace: tt.trace, Mode: always(stream.Complete)}
			if err := rd.Render(newRecorder(), httptest.NewRequest("GET", "/", nil), page(slot(failing(0, errBoom)))); err != nil {
				t.Fatalf("Render() = %v, want nil", err)
			}
			if got := strings.Contains(logs.String(), "boundary failed"); got != tt.want {
				t.Errorf("logged = %t, want %t", got, tt.want)
			}
		})
	}
}
