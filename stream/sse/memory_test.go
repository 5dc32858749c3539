package sse_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// BenchmarkMemory reports the memory of a waiting stream, and its ratio to a bare
// handler that has sent the same headers and waits. The ratio is the median of
// interleaved pairs. The memory includes the server and a minimal client.
func BenchmarkMemory(b *testing.B) {
	wait := func(waits chan<- struct{}, ctx context.Context) error {
		waits <- struct{}{}
		<-ctx.Done()
		return nil
	}
	bare := func(waits chan<- struct{}) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Set("X-Accel-Buffering", "no")
			_, _ = io.WriteString(w, ":\n")
			w.(http.Flusher).Flush()
			_ = wait(waits, r.Context())
		})
	}
	stream := func(waits chan<- struct{}) http.Handler {
		return sse.Options{MaxLife: time.Hour}.Handler(func(ctx context.Context, s *sse.Stream) error {
			return wait(waits, ctx)
		})
	}
	for b.Loop() {
		var ratios, kib []float64
		for range 5 {
			one := waiting(b, 1000, bare)
			other := waiting(b, 1000, stream)
			ratios = append(ratios, other/one)
			kib = append(kib, other/1024)
		}
		slices.Sort(ratios)
		slices.Sort(kib)
		b.ReportMetric(ratios[2], "ratio")
		b.ReportMetric(kib[2], "KiB/stream")
	}
	b.ReportMetric(0, "ns/op")
}

// waiting returns the bytes of heap and stacks that one of n waiting requests
// takes.
func waiting(b *testing.B, n int, handler func(chan<- struct{}) http.Handler) float64 {
	b.Helper()
	waits := make(chan struct{}, n)
	return testkit.HeldOpen(b, n, handler(waits), func(*bufio.Reader) error {
		<-waits
		return nil
	})
}
