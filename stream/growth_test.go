package stream_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"math"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// What a page costs grows with its size to these powers at most. Bytes are
// counted, but slices grow in steps. Times need more slack: what does not fit
// into the caches of a processor takes three times as long. What is quadratic
// comes near 2 in both, or in one.
const (
	maxGrowthOfBytes = 1.15
	maxGrowthOfTime  = 1.5
)

// A growth is a page of any size.
type growth struct {
	name  string
	sizes []int
	page  func(n int, shell <-chan struct{}) templ.Component // shell is closed when the first bytes have left
	rd    stream.Renderer
	plain bool // outside a response
}

var (
	boundaries = []int{1_000, 3_000, 10_000, 30_000, 100_000}
	levels     = []int{100, 300, 1_000, 3_000}
	shells     = []int{10_000, 100_000, 1_000_000, 10_000_000}
)

func growths() []growth {
	inMode := func(m stream.Mode) stream.Renderer {
		return stream.Renderer{Mode: always(m), MaxBuffer: -1, Trace: &quiet}
	}
	streamed, inOrder, complete := inMode(stream.OutOfOrder), inMode(stream.InOrder), inMode(stream.Complete)
	limited := streamed
	limited.Limit = 4
	limitedOrder := inOrder
	limitedOrder.Limit = 4
	return []growth{
		{"boundaries that are ready", boundaries, side(false), streamed, false},
		{"boundaries that are ready, Limit 4", boundaries, side(false), limited, false},
		{"boundaries that are ready, in order", boundaries, side(false), inOrder, false},
		{"boundaries that are ready, in order, Limit 4", boundaries, side(false), limitedOrder, false},
		{"boundaries that are ready, complete", boundaries, side(false), complete, false},
		{"boundaries outside a response", boundaries, side(false), streamed, true},
		{"chunks", boundaries, side(true), streamed, false},
		{"chunks, Limit 4", boundaries, side(true), limited, false},
		{"boundaries that are late, in order", boundaries, side(true), inOrder, false},
		{"boundaries that become ready one after the other", boundaries[:4], turns, streamed, false},
		{"boundaries that become ready one after the other, in order", boundaries[:4], turns, inOrder, false},
		{"boundaries that become ready before a critical one", boundaries[:4], heldTurns, streamed, false},
		{"boundaries that become ready before a critical one, in order", boundaries[:4], heldTurns, inOrder, false},
		{"boundaries that a client has left behind", boundaries, left, streamed, false},
		{"boundaries in one fallback", boundaries, inFallback, streamed, false},
		{"flushes", boundaries[:4], flushes, streamed, false},
		{"flushes behind a boundary in order", boundaries[:4], flushes, inOrder, false},
		{"levels", levels, chain(false, false), streamed, false},
		{"levels in order", levels, chain(false, false), inOrder, false},
		{"levels, complete", levels, chain(false, false), complete, false},
		{"levels of chunks", levels, chain(true, false), streamed, false},
		{"levels outside a response", levels, chain(false, false), streamed, true},
		{"levels, prerendered", levels, chain(false, true), streamed, false},
		{"levels in order, prerendered", levels, chain(false, true), inOrder, false},
		{"levels, complete, prerendered", levels, chain(false, true), complete, false},
		{"levels outside a response, prerendered", levels, chain(false, true), streamed, true},
		{"levels in a writer of some component's own", levels, func(n int, shell <-chan struct{}) templ.Component {
			return aside(chain(false, false)(n, shell))
		}, streamed, false},
		{"levels beside boundaries", levels, func(n int, shell <-chan struct{}) templ.Component {
			return templ.Join(side(true)(10*n, shell), chain(false, false)(n, shell))
		}, streamed, false},
		{"levels, prerendered, that are late", levels, chain(true, true), streamed, false},
		{"levels in order, prerendered, that are late", levels, chain(true, true), inOrder, false},
		{"levels in order that are late", levels, chain(true, false), inOrder, false},
		{"claims", boundaries[:4], claims, streamed, false},
		{"claims in order", boundaries[:4], claims, inOrder, false},
		{"bytes of shell", shells, func(n int, shell <-chan struct{}) templ.Component { return templ.Join(filler(n), side(true)(1, shell)) }, streamed, false},
		{"bytes of shell with a boundary each kilobyte", shells, func(n int, shell <-chan struct{}) templ.Component {
			var parts []templ.Component
			for range n / 1000 {
				parts = append(parts, filler(1000), side(true)(1, shell))
			}
			return templ.Join(parts...)
		}, streamed, false},
		{"bytes of Text", shells, ofText, streamed, false},
		{"bytes of Text, in order", shells, ofText, inOrder, false},
		{"bytes of Text, complete", shells, ofText, complete, false},
		{"bytes of Text outside a response", shells, ofText, streamed, true},
	}
}

var (
	dots = html("<i>…</i>")
	ada  = html("<b>Ada</b>")
)

// side places n boundaries side by side. If late, they are ready when the shell
// has left.
func side(late bool) func(int, <-chan struct{}) templ.Component {
	return func(n int, shell <-chan struct{}) templ.Component {
		b := stream.Boundary{Fallback: dots, Load: func(ctx context.Context) (templ.Component, error) {
			if late {
				<-shell
			}
			return ada, nil
		}}
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			for range n {
				if err := b.Render(ctx, w); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func inFallback(n int, shell <-chan struct{}) templ.Component {
	return stream.Boundary{Fallback: side(true)(n, shell), Load: func(context.Context) (templ.Component, error) {
		<-shell
		return ada, nil
	}}
}

// turns places n boundaries of which each is ready when the one before it is.
func turns(n int, shell <-chan struct{}) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		before := shell
		for range n {
			after, done := before, make(chan struct{})
			b := stream.Boundary{Load: func(context.Context) (templ.Component, error) {
				<-after
				for range 3 {
					runtime.Gosched() // so that the response looks in between
				}
				close(done)
				return ada, nil
			}}
			if err := b.Render(ctx, w); err != nil {
				return err
			}
			before = done
		}
		return nil
	})
}

// heldTurns is turns, but the first byte waits for the last of the boundaries.
func heldTurns(n int, _ <-chan struct{}) templ.Component {
	begun := make(chan struct{})
	return templ.Join(turns(n, begun), stream.Boundary{Critical: true, Load: func(ctx context.Context) (templ.Component, error) {
		close(begun)
		for range 5 * n {
			runtime.Gosched()
		}
		return ada, nil
	}})
}

// left places n boundaries, and then the client leaves.
func left(n int, _ <-chan struct{}) templ.Component {
	b := stream.Boundary{Load: func(ctx context.Context) (templ.Component, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for range n {
			if err := b.Render(ctx, w); err != nil {
				return err
			}
		}
		return errLeft
	})
}

var errLeft = errors.New("the client has left")

// flushes is a page that is flushed n times, behind a boundary that is late.
func flushes(n int, shell <-chan struct{}) templ.Component {
	never := make(chan struct{})
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		defer close(never)
		if err := side(true)(1, never).Render(ctx, w); err != nil {
			return err
		}
		for range n {
			if err := templ.Join(ada, ada, ada, ada, ada, templ.Flush()).Render(ctx, w); err != nil {
				return err
			}
		}
		return nil
	})
}

// chain places n boundaries in each other, with some bytes around each.
func chain(late, prerendered bool) func(int, <-chan struct{}) templ.Component {
	before, behind := html("<div>"+strings.Repeat("<p>before", 50)), html(strings.Repeat("<p>behind", 50)+"</div>")
	var level func(n int, shell <-chan struct{}) templ.Component
	level = func(n int, shell <-chan struct{}) templ.Component {
		if n == 0 {
			return ada
		}
		b := stream.Boundary{Fallback: dots}
		if prerendered {
			b.Load = stream.Prerender(level(n-1, shell))
			return templ.Join(before, b, behind)
		}
		return templ.Join(before, suspense.Await(dots, func(ctx context.Context) (int, error) {
			if late {
				<-shell
			}
			return n - 1, nil
		}, func(n int) templ.Component { return level(n, shell) }), behind)
	}
	return level
}

// claims places n boundaries each of which has a style of its own.
func claims(n int, _ <-chan struct{}) templ.Component {
	parts := make([]templ.Component, n)
	for i := range parts {
		view := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			return templ.RenderCSSItems(ctx, w, templ.ComponentCSSClass{ID: "c" + strconv.Itoa(i), Class: ".c{}"})
		})
		parts[i] = stream.Boundary{Load: func(context.Context) (templ.Component, error) { return view, nil }}
	}
	all := templ.Join(parts...)
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return all.Render(templ.InitializeContext(ctx), w)
	})
}

// filler is n bytes of HTML.
func filler(n int) templ.Component {
	const p = "<p>Some text, <b>bold</b> in parts.</p>\n"
	return html(strings.Repeat(p, n/len(p)+1)[:n/len(p)*len(p)])
}

// ofText is a sequence of n bytes of Text.
func ofText(n int, _ <-chan struct{}) templ.Component {
	return suspense.Text(dots, func(context.Context) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			for range n / 100 {
				if !yield(bucket[:100], nil) {
					return
				}
			}
		}
	})
}

// run sends the page of size n. It returns the CPU time and the bytes that were
// allocated.
func (g *growth) run(t *testing.T, n int) (took time.Duration, allocated uint64) {
	t.Helper()
	shell := make(chan struct{})
	body := page(g.page(n, shell))
	send := func() error {
		w := &flushOnce{&discard{http.Header{}}, shell}
		return g.rd.Render(w, httptest.NewRequest("GET", "/", nil), body)
	}
	if g.plain {
		close(shell)
		send = func() error { return body.Render(context.Background(), new(bytes.Buffer)) }
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := testkit.CPU()
	err := send()
	took = testkit.CPU() - start
	runtime.ReadMemStats(&after)
	if err != nil && !errors.Is(err, errLeft) {
		t.Fatalf("Render() = %v", err)
	}
	return took, after.TotalAlloc - before.TotalAlloc
}

// measure returns what the page of size n costs: CPU time, and the bytes that it
// allocates when all pools are empty.
func (g *growth) measure(t *testing.T, n int) (seconds, bytes float64) {
	t.Helper()
	runtime.GC()
	runtime.GC() // the first leaves a pool what it was given before
	took, allocated := g.run(t, n)
	runs := 1
	for begun := time.Now(); took < 10*time.Millisecond && time.Since(begun) < time.Second; runs++ {
		again, _ := g.run(t, n)
		took += again
	}
	return took.Seconds() / float64(runs), float64(allocated)
}

// exponent returns the power of n with which cost grows: the slope of the line
// that fits the logarithms best.
func exponent(sizes []int, cost []float64) float64 {
	var x, y, xx, xy float64
	for i, n := range sizes {
		a, b := math.Log(float64(n)), math.Log(cost[i])
		x, y, xx, xy = x+a, y+b, xx+a*a, xy+a*b
	}
	n := float64(len(sizes))
	return (n*xy - x*y) / (n*xx - x*x)
}

// TestGrowth fits curves to what pages of growing size cost.
func TestGrowth(t *testing.T) {
	testkit.SkipWithRace(t, "the race detector slows some code more than other")
	defer stream.AsInProduction()()
	for _, g := range growths() {
		t.Run(g.name, func(t *testing.T) {
			g.run(t, g.sizes[0])
			seconds, bytes := make([]float64, len(g.sizes)), make([]float64, len(g.sizes))
			for i := range seconds {
				seconds[i] = math.Inf(1)
			}
			ofTime, ofBytes := 0.0, math.Inf(1)
			// Whatever else the machine does costs time, never saves any. How many bytes
			// there are depends on what happened to be ready at a look, so bytes of one
			// round are compared with each other only.
			for range 3 {
				for i, n := range g.sizes {
					s, b := g.measure(t, n)
					seconds[i], bytes[i] = min(seconds[i], s), b
				}
				ofTime, ofBytes = exponent(g.sizes, seconds), min(ofBytes, exponent(g.sizes, bytes))
				if ofTime <= maxGrowthOfTime && ofBytes <= maxGrowthOfBytes {
					break
				}
			}
			last := len(g.sizes) - 1
			t.Logf("time n^%.2f, bytes n^%.2f; %.1f ms and %.1f MB for n = %d", ofTime, ofBytes, seconds[last]*1e3, bytes[last]/1e6, g.sizes[last])
			if ofTime > maxGrowthOfTime || ofBytes > maxGrowthOfBytes {
				t.Errorf("n = %v takes %.2g s and %.2g bytes, want no more than n^%v and n^%v", g.sizes, seconds, bytes, maxGrowthOfTime, maxGrowthOfBytes)
			}
		})
	}
}
