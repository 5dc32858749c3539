package stream_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// TestGoroutines counts goroutines before and after ten thousand pages, a
// third of which end in some unusual way.
func TestGoroutines(t *testing.T) {
	n := 10_000
	if testing.Short() {
		n = 1000
	}
	before := runtime.NumGoroutine()
	var running atomic.Int64
	rd := stream.Renderer{Timeout: time.Minute, Trace: &stream.Trace{Failed: func(context.Context, *stream.BoundaryError) {}}}
	pages := make(chan int)
	var senders sync.WaitGroup
	for range 16 {
		senders.Go(func() {
			for i := range pages {
				if err := sendLeaky(&rd, &running, i); err != nil {
					t.Errorf("page %d: Render() = %v", i, err)
				}
			}
		})
	}
	for i := range n {
		pages <- i
	}
	close(pages)
	senders.Wait()
	if !testkit.GoroutinesEnd(before) {
		t.Errorf("%d goroutines after %d pages, want %d", runtime.NumGoroutine(), n, before)
	}
	if n := running.Load(); n != 0 {
		t.Errorf("%d loads are still running", n)
	}
}

// sendLeaky sends a page with a load that ends in the i-th way.
func sendLeaky(rd *stream.Renderer, running *atomic.Int64, i int) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	counted := func(load func(context.Context) (string, error)) func(context.Context) (string, error) {
		return func(ctx context.Context) (string, error) {
			running.Add(1)
			defer running.Add(-1)
			return load(ctx)
		}
	}
	text := func(s string) templ.Component { return templ.Raw(s) }
	quick := counted(func(context.Context) (string, error) { return "quick", nil })
	hangs := func(ctx context.Context) (string, error) {
		<-ctx.Done()
		return "", ctx.Err()
	}
	ended := make(chan struct{})
	var special templ.Component
	leaves, broken := false, false
	switch i % 15 {
	case 0:
		special = suspense.Await(nil, counted(func(context.Context) (string, error) { return "", errRandom }), text)
	case 1:
		special = suspense.Await(nil, counted(func(context.Context) (string, error) { panic(errRandom) }), text)
	case 2:
		special = suspense.Await(nil, counted(func(context.Context) (string, error) { runtime.Goexit(); return "", nil }), text)
	case 3: // obeys its time
		special = suspense.Await(nil, counted(hangs), text, suspense.Timeout(time.Microsecond))
	case 4: // outlives its page
		special = suspense.Await(nil, counted(func(context.Context) (string, error) { <-ended; return "", nil }), text, suspense.Timeout(time.Microsecond))
	case 5, 6: // the client leaves
		leaves = true
		special = suspense.Await(nil, counted(hangs), text)
	case 7: // the page fails
		broken = true
		special = suspense.Await(nil, counted(hangs), text)
	case 12: // a sequence faster than its client, who leaves
		leaves = true
		special = suspense.Text(nil, endless(running))
	case 13: // one whose view fails
		special = suspense.Each(nil, endless(running), func(string) templ.Component {
			return templ.ComponentFunc(func(context.Context, io.Writer) error { return errRandom })
		})
	case 14: // one that runs out of time
		special = suspense.Text(nil, endless(running), suspense.Timeout(time.Microsecond))
	case 8: // begun and never awaited
		special = templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			suspense.Start(ctx, counted(hangs))
			return nil
		})
	default:
		special = templ.NopComponent
	}
	page := templ.Join(suspense.Await(nil, quick, text), within(suspense.Suspense(nil), special), special)
	if broken {
		page = templ.Join(page, templ.ComponentFunc(func(context.Context, io.Writer) error { return errRandom }))
	}
	w := flushHook{newWireLog(), func() {
		if leaves {
			cancel()
		}
	}}
	err := rd.Render(w, httptest.NewRequest("GET", "/", nil).WithContext(ctx), page)
	close(ended)
	if leaves && errors.Is(err, context.Canceled) || broken && errors.Is(err, stream.ErrShell) {
		return nil
	}
	return err
}

// endless is a sequence that only its yield can end.
func endless(running *atomic.Int64) func(context.Context) iter.Seq2[string, error] {
	return func(context.Context) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			running.Add(1)
			defer running.Add(-1)
			for yield("word ", nil) {
			}
		}
	}
}
