package stream_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// events is a Trace that notes what it is told, and that each callback has the
// context that Start returned.
type events struct {
	mu    sync.Mutex
	lines []string
}

type startedKey struct{}

func (e *events) note(ctx context.Context, format string, args ...any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	line := fmt.Sprintf(format, args...)
	if ctx.Value(startedKey{}) == nil {
		line += " without the context of Start"
	}
	e.lines = append(e.lines, line)
}

func (e *events) trace() *stream.Trace {
	return &stream.Trace{
		Start: func(ctx context.Context, r *http.Request, mode stream.Mode) context.Context {
			ctx = context.WithValue(ctx, startedKey{}, true)
			e.note(ctx, "start %s %v", r.URL.Path, mode)
			return ctx
		},
		Met: func(ctx context.Context, b stream.BoundaryInfo) { e.note(ctx, "met %s %s", b.ID, b.Name) },
		Loading: func(ctx context.Context, b stream.BoundaryInfo) context.Context {
			e.note(ctx, "loading %s", b.ID)
			return ctx
		},
		Loaded: func(ctx context.Context, b stream.BoundaryInfo, err error) { e.note(ctx, "loaded %s: %v", b.ID, err) },
		Sent: func(ctx context.Context, b stream.BoundaryInfo, n int, inPlace bool) {
			e.note(ctx, "sent %s: %d, %t", b.ID, n, inPlace)
		},
		Failed:    func(ctx context.Context, err *stream.BoundaryError) { e.note(ctx, "failed %s: %v", err.ID, err.Err) },
		Flushed:   func(ctx context.Context, n int) { e.note(ctx, "flushed %d", n) },
		InPlace:   func(ctx context.Context, b stream.BoundaryInfo) { e.note(ctx, "in place %q", b.Name) },
		Abandoned: func(ctx context.Context, b stream.BoundaryInfo) { e.note(ctx, "abandoned %s", b.ID) },
		Done:      func(ctx context.Context, err error) { e.note(ctx, "done %v", err) },
	}
}

func TestTrace(t *testing.T) {
	for _, tt := range []struct {
		name string
		page templ.Component
		want []string
	}{
		{"a page without boundaries", page(html("1")), []string{"start / out of order", "flushed 14", "done <nil>"}},
		{"a boundary", page(at(stream.Boundary{Name: "prices", Load: after(100*ms, html("1"))})), []string{
			"start / out of order", "met 1 prices", "loading 1", "flushed 29",
			"loaded 1: <nil>", "sent 1: 34, false", "flushed 41", "done <nil>",
		}},
		{"a boundary in place", page(slot(after(0, html("<b>1</b>")))), []string{
			"start / out of order", "met 1 ", "loading 1", "loaded 1: <nil>", "sent 1: 8, true", "flushed 21", "done <nil>",
		}},
		{"a failure", page(slot(failing(0, errBoom))), []string{
			"start / out of order", "met 1 ", "loading 1", "loaded 1: boom", "failed 1: boom", "sent 1: 67, true", "flushed 80", "done <nil>",
		}},
		{"an abandoned load that returns later", page(at(stream.Boundary{Timeout: 100 * ms, Load: stubborn(time.Hour, html("lost"))})), []string{
			"start / out of order", "met 1 ", "loading 1", "flushed 29",
			"failed 1: timeout after 100ms", "sent 1: 100, false", "flushed 107", "abandoned 1", "done <nil>", "loaded 1: <nil>",
		}},
		{"one that is queued and never loads", page(slot(after(200*ms)), waiting(10*ms, ""), at(stream.Boundary{Timeout: 100 * ms, Load: after(0)})), []string{
			"start / out of order", "met 1 ", "loading 1", "met 2 ", "flushed 56",
			"failed 2: timeout after 100ms", "sent 2: 100, false", "flushed 100", "loaded 1: <nil>", "sent 1: 33, false", "flushed 40", "done <nil>",
		}},
		{"two in another writer", page(upper(at(stream.Boundary{Name: "a", Load: after(0)})), upper(at(stream.Boundary{Name: "b", Load: after(0)}))), []string{
			"start / out of order", `in place "a"`, "flushed 13", "done <nil>",
		}},
		{"a page that fails", half("", func() error { return errBoom }), []string{"start / out of order", "done stream: page not sent: boom"}},
		{"a page that panics", half("", func() error { panic("boom") }), []string{"start / out of order", "done stream: panic in the page"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := new(events)
				rd := stream.Renderer{Limit: 1, Script: stream.NoScript(), Trace: e.trace()}
				newRecorder().end(func() error {
					return rd.Render(newRecorder(), httptest.NewRequest("GET", "/", nil), tt.page)
				})
				time.Sleep(24 * time.Hour)
				e.mu.Lock()
				defer e.mu.Unlock()
				if got := e.lines; !slices.Equal(got, tt.want) {
					t.Errorf("events:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
				}
			})
		})
	}
}
