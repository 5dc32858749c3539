package stream_test

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// TestSizes holds the budget of a boundary and of a response: size classes of the
// allocator, so one more byte would cost a page much more than that.
func TestSizes(t *testing.T) {
	if math.MaxInt == math.MaxInt32 {
		t.Skip("the budget is that of 64 bits")
	}
	if got := stream.SizeOfBoundary; got > 240 {
		t.Errorf("a boundary takes %d bytes, want at most 240", got)
	}
	if got := stream.SizeOfResponse; got > 1536 {
		t.Errorf("a response takes %d bytes, want at most 1536", got)
	}
}

// TestAllocations holds the budget of a boundary: three allocations together with
// its component, besides those of its view and its load. Nothing needs to be
// subtracted for these two, since here they allocate nothing. What a page costs by
// itself is in both of the pages that are compared. A fifth of an allocation is for
// lists that grow with the page.
func TestAllocations(t *testing.T) {
	testkit.SkipWithRace(t, "the race detector makes pools forget")
	view := templ.Raw("<b>Ada</b>")
	fallback := templ.Raw("…")
	await := func(ctx context.Context, w io.Writer, load func(context.Context) (templ.Component, error)) error {
		return suspense.Await(fallback, load, same).Render(ctx, w)
	}
	for _, c := range []struct {
		name   string
		budget float64
		chunks bool // loads wait for the shell; otherwise most are in place
		place  func(ctx context.Context, w io.Writer, load func(context.Context) (templ.Component, error)) error
	}{
		{"a chunk of a Boundary", 1.2, true, func(ctx context.Context, w io.Writer, load func(context.Context) (templ.Component, error)) error {
			return stream.Boundary{Fallback: fallback, Load: load}.Render(ctx, w)
		}},
		{"a Boundary in place", 1.2, false, func(ctx context.Context, w io.Writer, load func(context.Context) (templ.Component, error)) error {
			return stream.Boundary{Fallback: fallback, Load: load}.Render(ctx, w)
		}},
		// An Await is a component, and makes its load of two functions.
		{"a chunk of Await", 3.2, true, await},
		{"an Await in place", 3.2, false, await},
	} {
		t.Run(c.name, func(t *testing.T) {
			stream.ForgetRoutes() // other tests have pages that must be read
			measure := func(boundaries int) float64 {
				return testing.AllocsPerRun(200, func() {
					shell := make(chan struct{})
					w := flushOnce{&discard{http.Header{}}, shell}
					load := func(context.Context) (templ.Component, error) {
						if c.chunks {
							<-shell
						}
						return view, nil
					}
					page := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
						for range boundaries {
							if err := c.place(ctx, w, load); err != nil {
								return err
							}
						}
						return nil
					})
					if err := stream.Render(&w, httptest.NewRequest("GET", "/", nil), page); err != nil {
						t.Fatalf("Render() = %v", err)
					}
				})
			}
			few, many := measure(10), measure(110)
			got := (many - few) / 100
			t.Logf("%.2f allocations for a boundary", got)
			if got > c.budget {
				t.Errorf("%.2f allocations for a boundary, want at most %v", got, c.budget)
			}
		})
	}
}

// TestMemoryOfDecidedPages has pages of 40 KB that are not sent. Their buffers serve the
// next pages, as those of pages that are sent do.
func TestMemoryOfDecidedPages(t *testing.T) {
	testkit.SkipWithRace(t, "the race detector makes pools forget")
	text := html(strings.Repeat("a", 20_000))
	slow := func(ctx context.Context) (templ.Component, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	for _, mode := range []stream.Mode{stream.OutOfOrder, stream.InOrder, stream.Complete, stream.Multipart} {
		t.Run(mode.String(), func(t *testing.T) {
			rd := stream.Renderer{Mode: always(mode), Trace: &quiet}
			c := page(text, critical(failing(0, errMissing)), text, slot(slow))
			const pages = 200
			var before, after runtime.MemStats
			for i := range pages + 10 {
				if i == 10 {
					runtime.ReadMemStats(&before)
				}
				if err := rd.Render(&discard{http.Header{}}, httptest.NewRequest("GET", "/", nil), c); !errors.Is(err, errMissing) {
					t.Fatalf("Render() = %v, want %v", err, errMissing)
				}
			}
			runtime.ReadMemStats(&after)
			if got := (after.TotalAlloc - before.TotalAlloc) / pages; got > 30_000 {
				t.Errorf("a page takes %d bytes, want at most 30,000", got)
			}
		})
	}
}

func same(c templ.Component) templ.Component { return c }

// A flushOnce closes shell at its first flush.
type flushOnce struct {
	*discard
	shell chan struct{}
}

func (w *flushOnce) Flush() {
	if w.shell != nil {
		close(w.shell)
		w.shell = nil
	}
}
