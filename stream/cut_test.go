package stream_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// TestCut cuts a response at every byte, once by a write that fails and once
// by a client that leaves.
func TestCut(t *testing.T) {
	for _, mode := range []stream.Mode{stream.OutOfOrder, stream.InOrder, stream.Complete} {
		for _, flush := range []bool{false, true} {
			name := fmt.Sprintf("a page that is sent %v", mode)
			if flush {
				name += " and flushes its shell"
			}
			t.Run(name, func(t *testing.T) {
				whole := cutWriter{wireLog: newWireLog(), after: -1}
				synctest.Test(t, func(t *testing.T) {
					if _, err := cutPage(t.Context(), &whole, mode, flush); err != nil {
						t.Fatalf("Render() = %v", err)
					}
				})
				for n := range whole.n {
					t.Run(fmt.Sprintf("fails to write byte %d", n), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) {
							w := cutWriter{wireLog: newWireLog(), after: n}
							loads, err := cutPage(t.Context(), &w, mode, flush)
							if !errors.Is(err, errCut) {
								t.Errorf("Render() = %v, want %v", err, errCut)
							}
							loads.ended(t)
							if w.late > 0 {
								t.Errorf("%d writes after one that has failed", w.late)
							}
						})
					})
					t.Run(fmt.Sprintf("loses its client at byte %d", n), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) {
							ctx, cancel := context.WithCancel(t.Context())
							w := cutWriter{wireLog: newWireLog(), after: n, leave: cancel}
							loads, err := cutPage(ctx, &w, mode, flush)
							// Who has sent the last byte need not know.
							if w.n < whole.n && !errors.Is(err, context.Canceled) || err != nil && !errors.Is(err, context.Canceled) {
								t.Errorf("Render() = %v after %d bytes of %d, want %v", err, w.n, whole.n, context.Canceled)
							}
							loads.ended(t)
						})
					})
				}
			})
		}
	}
}

var errCut = errors.New("the connection is cut")

// A cutWriter fails or loses its client at one byte.
type cutWriter struct {
	*wireLog
	after int                // bytes; negative: never
	leave context.CancelFunc // nil: the write fails
	n     int                // bytes that have been written

	failed bool
	late   int // writes that came after the failure
}

func (w *cutWriter) Write(p []byte) (int, error) {
	if w.after < 0 || w.n+len(p) <= w.after || w.leave != nil && w.n > w.after {
		w.n += len(p)
		return w.wireLog.Write(p)
	}
	if w.leave != nil {
		w.n += len(p)
		w.leave()
		return len(p), nil
	}
	if w.failed {
		w.late++
	}
	n := w.after - w.n
	w.n, w.failed = w.after, true
	return n, errCut
}

// cutLoads are the contexts of the loads of a page.
type cutLoads struct {
	running atomic.Int64
	ctxs    chan context.Context
}

// ended is called after Render: nothing runs, and every context has ended.
func (l *cutLoads) ended(t *testing.T) {
	t.Helper()
	if n := l.running.Load(); n != 0 {
		t.Errorf("%d loads run after Render", n)
	}
	close(l.ctxs)
	for ctx := range l.ctxs {
		if ctx.Err() == nil {
			t.Errorf("the context of a load has not ended")
		}
	}
}

// slow is a boundary that loads for so long and then shows content.
func (l *cutLoads) slow(d time.Duration, content func(context.Context, io.Writer) error) stream.Boundary {
	view := templ.ComponentFunc(content)
	return stream.Boundary{
		Fallback:  templ.Raw("…"),
		ErrorView: func(*stream.BoundaryError) templ.Component { return templ.Raw("no") },
		Load: func(ctx context.Context) (templ.Component, error) {
			l.running.Add(1)
			defer l.running.Add(-1)
			l.ctxs <- ctx
			return view, sleep(ctx, d)
		},
	}
}

// cutPage renders a page with what a page can have: nested boundaries, one
// that is rendered by its load, one that fails and one that nobody waits for.
func cutPage(ctx context.Context, w http.ResponseWriter, mode stream.Mode, flush bool) (*cutLoads, error) {
	l := &cutLoads{ctxs: make(chan context.Context, 100)}
	text := func(s string) func(context.Context, io.Writer) error { return templ.Raw(s).Render }
	nested := l.slow(20*time.Millisecond, func(ctx context.Context, w io.Writer) error {
		if err := l.slow(30*time.Millisecond, text("b")).Render(ctx, w); err != nil {
			return err
		}
		return l.slow(5*time.Millisecond, text("c")).Render(ctx, w)
	})
	rendered := l.slow(0, nil)
	rendered.Load = stream.Prerender(templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if err := l.slow(10*time.Millisecond, text("d")).Render(ctx, w); err != nil {
			return err
		}
		_, err := l.slow(15*time.Millisecond, nil).Load(ctx)
		return err
	}))
	failing := l.slow(20*time.Millisecond, func(context.Context, io.Writer) error { panic(errRandom) })
	late := l.slow(time.Minute, text("e"))
	late.Timeout = 35 * time.Millisecond
	page := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		_, _ = io.WriteString(w, "<body>")
		for i, b := range []stream.Boundary{l.slow(20*time.Millisecond, text("a")), nested, rendered, failing, late} {
			if flush && i == 2 {
				if err := templ.Flush().Render(ctx, w); err != nil {
					return err
				}
			}
			if err := b.Render(ctx, w); err != nil {
				return err
			}
		}
		_, err := io.WriteString(w, "</body>")
		return err
	})
	rd := stream.Renderer{
		Mode:   func(*http.Request) stream.Mode { return mode },
		Script: stream.ExternalScript("/u.js"),
		Trace:  &stream.Trace{Failed: func(context.Context, *stream.BoundaryError) {}},
	}
	return l, rd.Render(w, httptest.NewRequest("GET", "/", nil).WithContext(ctx), page)
}
