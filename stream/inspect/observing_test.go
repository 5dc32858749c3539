package inspect_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/inspect"
	"github.com/rivulet-go/rivulet/stream/internal/pages"
)

// BenchmarkObserving compares the server's CPU time for a page that is observed
// with that of the same page when it is not: the median of the ratios of
// interleaved pairs. The page is as real ones are: ten boundaries of twenty rows,
// with delays from 5 to 50 ms. The clients are in a process of their own.
func BenchmarkObserving(b *testing.B) {
	const pairs, requests, connections = 15, 320, 32
	ask := testkit.Elsewhere(b, "visitors")
	plain := httptest.NewServer(delayed(stream.Renderer{}))
	defer plain.Close()
	for _, c := range []struct {
		name string
		rd   stream.Renderer
	}{
		{"a Trace", stream.Renderer{Trace: observer()}},
		{"Slog", stream.Renderer{Trace: stream.Slog(slog.New(blackHole{}))}},
		{"the Inspector", stream.Renderer{Trace: inspect.New(100).Trace()}},
		{"ServerTiming", stream.Renderer{ServerTiming: true}},
	} {
		b.Run(c.name, func(b *testing.B) {
			observed := httptest.NewServer(delayed(c.rd))
			defer observed.Close()
			measure := func(s *httptest.Server) float64 {
				start := testkit.CPU()
				ask(fmt.Sprint(s.URL, " ", connections, " ", requests/connections))
				return float64(testkit.CPU()-start) / requests
			}
			measure(plain)
			measure(observed)
			for b.Loop() {
				var ratios, base []float64
				for i := range pairs {
					// The second of the two may find the machine busier.
					var p, o float64
					if i%2 == 0 {
						p, o = measure(plain), measure(observed)
					} else {
						o, p = measure(observed), measure(plain)
					}
					ratios, base = append(ratios, o/p), append(base, p/1000)
				}
				testkit.Budget(b, "ratio", ratios, 1.1)
				b.ReportMetric(testkit.Median(base), "µs/page")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// delayed serves the page of BenchmarkObserving.
func delayed(rd stream.Renderer) http.Handler {
	sections := pages.Sections(10, 20)
	delays := map[*pages.Row]time.Duration{}
	for i, ms := range []time.Duration{50, 5, 45, 10, 40, 15, 35, 20, 30, 25} {
		delays[&sections[i].Rows[0]] = ms * time.Millisecond
	}
	load := func(s pages.Section) func(context.Context) (pages.Section, error) {
		return func(ctx context.Context) (pages.Section, error) {
			select {
			case <-time.After(delays[&s.Rows[0]]):
				return s, nil
			case <-ctx.Done():
				return s, ctx.Err()
			}
		}
	}
	return rd.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return pages.Streamed(sections, load), nil
	})
}

// observer returns a Trace that has all callbacks.
func observer() *stream.Trace {
	return &stream.Trace{
		Start:     func(ctx context.Context, _ *http.Request, _ stream.Mode) context.Context { return ctx },
		Status:    func(context.Context, int) {},
		Met:       func(context.Context, stream.BoundaryInfo) {},
		Loading:   func(ctx context.Context, _ stream.BoundaryInfo) context.Context { return ctx },
		Loaded:    func(context.Context, stream.BoundaryInfo, error) {},
		Sent:      func(context.Context, stream.BoundaryInfo, int, bool) {},
		Failed:    func(context.Context, *stream.BoundaryError) {},
		Flushed:   func(context.Context, int) {},
		InPlace:   func(context.Context, stream.BoundaryInfo) {},
		Abandoned: func(context.Context, stream.BoundaryInfo) {},
		Done:      func(context.Context, error) {},
	}
}

// A blackHole is a slog.Handler that is enabled and drops every line.
type blackHole struct{}

func (blackHole) Enabled(context.Context, slog.Level) bool  { return true }
func (blackHole) Handle(context.Context, slog.Record) error { return nil }
func (h blackHole) WithAttrs([]slog.Attr) slog.Handler      { return h }
func (h blackHole) WithGroup(string) slog.Handler           { return h }
