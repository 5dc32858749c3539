package stream_test

import (
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

type spanKey struct{}

// TestLoadingMakesTheContextOfTheLoad holds what a tracer of spans needs: the
// load, what it calls and what is nested in it find the span, views do not.
func TestLoadingMakesTheContextOfTheLoad(t *testing.T) {
	spanOf := func(ctx context.Context) string { s, _ := ctx.Value(spanKey{}).(string); return s }
	span := func(name string) *stream.Trace {
		return &stream.Trace{
			Loading: func(ctx context.Context, b stream.BoundaryInfo) context.Context {
				return context.WithValue(ctx, spanKey{}, spanOf(ctx)+"/"+name+b.Name)
			},
			Failed: quiet.Failed,
		}
	}
	for _, tt := range []struct {
		name  string
		trace *stream.Trace
		load  string
	}{
		{"one", span("load "), "/load prices"},
		{"two joined", stream.JoinTraces(span("a "), span("b ")), "/a prices/b prices"},
		{"nil keeps the context", &stream.Trace{Loading: func(context.Context, stream.BoundaryInfo) context.Context { return nil }}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex // the load has not returned when the error view is rendered
				var seen []string
				see := func(what ...string) {
					mu.Lock()
					defer mu.Unlock()
					seen = append(seen, what...)
				}
				trace := stream.JoinTraces(tt.trace, &stream.Trace{
					Loaded: func(ctx context.Context, _ stream.BoundaryInfo, err error) {
						see("loaded "+spanOf(ctx), context.Cause(ctx).Error())
					},
				})
				prices := stream.Boundary{
					Name:    "prices",
					Timeout: 100 * ms,
					Load: func(ctx context.Context) (templ.Component, error) {
						see("load " + spanOf(ctx))
						<-ctx.Done()
						return nil, context.Cause(ctx)
					},
					ErrorView: func(*stream.BoundaryError) templ.Component {
						return templ.ComponentFunc(func(ctx context.Context, _ io.Writer) error {
							see("view " + spanOf(ctx))
							return nil
						})
					},
				}
				rd := stream.Renderer{Trace: trace, Logger: slog.New(slog.DiscardHandler)}
				if err := rd.Render(newRecorder(), httptest.NewRequest("GET", "/", nil), page(prices)); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Second)
				want := []string{"load " + tt.load, "loaded " + tt.load, "timeout after 100ms", "view "}
				slices.Sort(seen)
				slices.Sort(want)
				if !slices.Equal(seen, want) {
					t.Errorf("seen %q, want %q", seen, want)
				}
			})
		})
	}
}
