package inspect_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/inspect"
	"github.com/rivulet-go/rivulet/stream/internal/pages"
)

// yielding is a load that gives other goroutines a turn and no more.
func yielding(s pages.Section) func(context.Context) (pages.Section, error) {
	return func(context.Context) (pages.Section, error) {
		runtime.Gosched()
		return s, nil
	}
}

// BenchmarkOverhead compares the time of an inspected page, without a network,
// with the time of the same page without inspection. It reports the median of the
// ratios of interleaved pairs.
func BenchmarkOverhead(b *testing.B) {
	for _, page := range []struct {
		name     string
		sections []pages.Section
		plain    bool
	}{
		{"none", pages.Sections(10, 20), true},
		{"10x20", pages.Sections(10, 20), false},
		{"100x4", pages.Sections(100, 4), false},
		{"39nested", pages.Nested(3, 3, 4), false},
	} {
		b.Run(page.name, func(b *testing.B) {
			handler := func(trace *stream.Trace) http.Handler {
				rd := stream.Renderer{Trace: trace}
				return rd.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
					if page.plain {
						return pages.Plain(page.sections), nil
					}
					return pages.Streamed(page.sections, yielding), nil
				})
			}
			without, with := handler(nil), handler(inspect.New(100).Trace())
			r := httptest.NewRequest("GET", "/", nil)
			measure := func(h http.Handler) time.Duration {
				start := time.Now()
				for range 20 {
					h.ServeHTTP(&discard{http.Header{}}, r)
				}
				return time.Since(start)
			}
			for b.Loop() {
				var ratios []float64
				for i := range 50 {
					// The second of the two may find the caches warm.
					first, second := without, with
					if i%2 == 1 {
						first, second = with, without
					}
					ratio := 1 / float64(measure(first)) * float64(measure(second))
					if i%2 == 1 {
						ratio = 1 / ratio
					}
					ratios = append(ratios, ratio)
				}
				slices.Sort(ratios)
				b.ReportMetric(ratios[len(ratios)/2], "ratio")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// discard is a ResponseWriter that can flush and keeps nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}
func (d *discard) Flush()                      {}
