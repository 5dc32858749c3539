package stream_test

import (
	"context"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
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
