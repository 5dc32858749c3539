package stream_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/internal/pages"
)

// BenchmarkMemory reports what a page that is held open by one load costs, and
// its ratio to a bare handler that has sent the same bytes and waits for one
// goroutine: the median of interleaved pairs. The memory is that of the server
// and of as little of a client as there can be.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		var ratios, kib []float64
		for range 5 {
			bare := heldOpen(b, 1000, newBareHold())
			streamed := heldOpen(b, 1000, newStreamHold())
			ratios = append(ratios, streamed/bare)
			kib = append(kib, streamed/1024)
		}
		b.ReportMetric(testkit.Median(ratios), "ratio")
		b.ReportMetric(testkit.Median(kib), "KiB/page")
	}
	b.ReportMetric(0, "ns/op")
}

// A hold is a handler whose pages stay open.
type hold struct {
	http.Handler
	sent    chan struct{} // one for each shell
	release chan struct{}
}

func newHold() *hold { return &hold{sent: make(chan struct{}, 1000), release: make(chan struct{})} }

func (h *hold) load(ctx context.Context) (templ.Component, error) {
	select {
	case <-h.release:
	case <-ctx.Done():
	}
	return templ.NopComponent, nil
}

func holdPage(load func(context.Context) (templ.Component, error)) templ.Component {
	return templ.Join(pages.Plain(pages.Sections(10, 4)), stream.Boundary{Fallback: templ.Raw("…"), Load: load})
}

func newStreamHold() *hold {
	h := newHold()
	flushed := func(context.Context, int) { h.sent <- struct{}{} }
	rd := stream.Renderer{Trace: &stream.Trace{Flushed: flushed}}
	page := holdPage(h.load)
	h.Handler = rd.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) { return page, nil })
	return h
}

func newBareHold() *hold {
	h := newHold()
	var shell bytes.Buffer
	now := func(context.Context) (templ.Component, error) { return templ.NopComponent, nil }
	_ = holdPage(now).Render(context.Background(), &shell)
	h.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(shell.Bytes())
		w.(http.Flusher).Flush()
		done := make(chan struct{})
		go func() { // waited for by the handler
			defer close(done)
			_, _ = h.load(r.Context())
		}()
		h.sent <- struct{}{}
		<-done
	})
	return h
}

// heldOpen returns the bytes of heap and stacks that one of n open pages takes.
func heldOpen(tb testing.TB, n int, h *hold) float64 {
	tb.Helper()
	got := testkit.HeldOpen(tb, n, h, func(*bufio.Reader) error {
		select {
		case <-h.sent:
			return nil
		case <-time.After(10 * time.Second):
			return errors.New("the page does not come")
		}
	})
	close(h.release)
	return got
}
