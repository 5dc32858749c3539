package stream_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// TestHoldingBack has boundaries that hold the first byte back in odd places.
func TestHoldingBack(t *testing.T) {
	slowView := func(d time.Duration, c templ.Component) templ.Component { return templ.Join(waiting(d, ""), c) }
	for _, tt := range []struct {
		name string
		rd   stream.Renderer
		page templ.Component
		want int
		at   time.Duration // of the first byte
	}{
		{"a load that decides while a view is rendered", stream.Renderer{}, page(
			slot(failing(15*ms, errMissing)), critical(after(10*ms, slowView(10*ms, critical(after(100*ms, html("a"))))))), 404, 20 * ms},
		{"two that decide, one of them in a writer of some component", stream.Renderer{}, page(
			slot(failing(0, errMissing)), slot(after(0, upper(slot(failing(0, errMoved)))))), 404, 0},
		{"the same, the other way round", stream.Renderer{}, page(
			slot(after(0, upper(slot(failing(0, errMoved))))), slot(failing(0, errMissing))), 301, 0},
		{"in order, behind one that has decided within a view", stream.Renderer{Mode: always(stream.InOrder)}, page(
			html("a"), slot(after(time.Hour)), critical(after(10*ms, upper(slot(failing(0, errMissing))))), critical(after(10*ms, html("b")))), 404, 10 * ms},
		{"one in a view that fails behind it", stream.Renderer{}, page(
			critical(func(ctx context.Context) (templ.Component, error) {
				c, err := stream.Prerender(slot(failing(0, errMissing)))(ctx)
				return templ.Join(upper(c), half("", func() error { return errBoom })), err
			})), 200, 0},
		{"a limit", stream.Renderer{Limit: 1}, page(
			templ.Join(ten(slot(after(10*ms)))...), critical(failing(5*ms, errMissing))), 404, 15 * ms},
		{"a long sequence", stream.Renderer{Limit: 1}, page(
			at(stream.Boundary{Critical: true, Pieces: each(pieces(10_000)...)}), critical(failing(5*ms, errMissing))), 404, 5 * ms},
		{"a fallback", stream.Renderer{}, page(
			at(stream.Boundary{Fallback: critical(failing(5*ms, errMissing)), Load: after(time.Second)}), critical(after(20*ms))), 200, 20 * ms},
		{"an error view in time", stream.Renderer{}, page(
			at(stream.Boundary{Critical: true, Load: failing(5*ms, errBoom), ErrorView: func(*stream.BoundaryError) templ.Component { return critical(failing(5*ms, errMissing)) }})), 404, 10 * ms},
		{"a view that is larger than MaxBuffer", stream.Renderer{MaxBuffer: 100}, page(
			slot(after(0, html(strings.Repeat("a", 200)))), critical(failing(5*ms, errMissing))), 500, 5 * ms},
		{"a page that is larger than MaxBuffer", stream.Renderer{MaxBuffer: 100}, page(
			critical(failing(5*ms, errMissing)), html(strings.Repeat("a", 200))), 500, 0},
		{"fragments", stream.Renderer{}, templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			return templ.RenderFragments(ctx, w, page(templ.Fragment("f"), critical(failing(5*ms, errMissing))), "f")
		}), 404, 5 * ms},
		{"a writer of some component", stream.Renderer{}, page(upper(critical(failing(5*ms, errMissing)))), 404, 5 * ms},
		{"in order, one that decides while the view of another is rendered", stream.Renderer{Mode: always(stream.InOrder)}, page(
			html("a"), slot(after(time.Hour)), critical(after(10*ms, slowView(10*ms, html("b")))), critical(failing(15*ms, errMissing))), 404, 20 * ms},
		{"in order, the same without a wait", stream.Renderer{Mode: always(stream.InOrder)}, page(
			html("a"), critical(after(10*ms, slowView(10*ms, html("b")))), slot(after(time.Hour)), critical(failing(15*ms, errMissing))), 404, 20 * ms},
		{"in order, within one", stream.Renderer{Mode: always(stream.InOrder)}, page(
			html("a"), slot(after(time.Hour)), critical(after(10*ms, critical(failing(5*ms, errMissing)), critical(after(0, slowView(10*ms, html("b"))))))), 404, 20 * ms},
		{"one within that decides while a view beside it is rendered", stream.Renderer{}, page(
			html("a"), critical(after(10*ms, critical(failing(5*ms, errMissing)), critical(after(0, slowView(10*ms, html("b"))))))), 404, 20 * ms},
		{"one within that decides while a view is rendered", stream.Renderer{}, page(
			html("a"), critical(after(10*ms, critical(failing(5*ms, errMissing)), slot(after(0, slowView(10*ms, html("b"))))))), 404, 20 * ms},
		{"a second one within while the first one is rendered", stream.Renderer{}, page(
			html("a"), critical(after(10*ms, critical(after(5*ms, slowView(10*ms, html("b")))), critical(failing(8*ms, errMissing))))), 404, 28 * ms},
		{"in a flush, in order", stream.Renderer{Mode: always(stream.InOrder)}, page(
			html("a"), critical(after(0, slowView(10*ms, html("b")))), critical(failing(5*ms, errMissing)), waiting(ms, ""), templ.Flush(), slot(after(time.Hour))), 404, 11 * ms},
		{"in a flush, in order, behind one that takes long", stream.Renderer{Mode: always(stream.InOrder)}, page(
			html("a"), slot(after(time.Hour)), critical(after(0, slowView(10*ms, html("b")))), critical(failing(5*ms, errMissing)), waiting(ms, ""), templ.Flush()), 404, 11 * ms},
		{"in a flush, in order, one that is not critical, behind one that takes long", stream.Renderer{Mode: always(stream.InOrder)}, page(
			html("a"), slot(after(0, slowView(10*ms, html("b")))), slot(after(time.Hour)), slot(failing(5*ms, errMissing)), waiting(ms, ""), templ.Flush()), 404, 11 * ms},
		{"the same, within one that was rendered ahead", stream.Renderer{Mode: always(stream.InOrder)}, page(
			html("a"), slot(after(0, slowView(10*ms, html("b")))), critical(after(0, slot(after(time.Hour)), slot(failing(5*ms, errMissing)))), waiting(ms, ""), templ.Flush()), 404, 11 * ms},
		{"the same, before a part of much content", stream.Renderer{Mode: always(stream.InOrder), MaxBuffer: 1000}, page(
			html(strings.Repeat("a", 300)), slot(after(0, slowView(10*ms, html("b")))), slot(after(time.Hour)), slot(failing(5*ms, errMissing)), waiting(ms, ""), templ.Flush()), 404, 11 * ms},
		{"in order, a sequence that fails behind its first piece", stream.Renderer{Mode: always(stream.InOrder)}, page(
			html("a"), critical(after(0, slowView(10*ms, html("b")))), slot(after(time.Hour)), at(stream.Boundary{Critical: true, Pieces: each(piece{0, html("c"), nil}, piece{15 * ms, nil, errMissing})}), critical(after(11*ms, slowView(10*ms, html("d"))))), 404, 21 * ms},
		{"the same, out of order", stream.Renderer{}, page(
			html("a"), at(stream.Boundary{Critical: true, Pieces: each(piece{0, html("c"), nil}, piece{15 * ms, nil, errMissing})}), critical(after(11*ms, slowView(10*ms, html("d"))))), 404, 21 * ms},
		{"the same, while another one loads", stream.Renderer{}, page(
			html("a"), at(stream.Boundary{Critical: true, Pieces: each(piece{0, html("c"), nil}, piece{15 * ms, nil, errMissing})}), critical(after(time.Second))), 404, 15 * ms},
		{"the same, in order", stream.Renderer{Mode: always(stream.InOrder)}, page(
			html("a"), at(stream.Boundary{Critical: true, Pieces: each(piece{0, html("c"), nil}, piece{15 * ms, nil, errMissing})}), critical(after(time.Second))), 404, 15 * ms},
		{"the same, behind one that fails at that moment", stream.Renderer{}, page(
			html("a"), slot(failing(15*ms, errMoved)), at(stream.Boundary{Critical: true, Pieces: each(piece{0, html("c"), nil}, piece{15 * ms, nil, errMissing})}), critical(after(time.Second))), 301, 15 * ms},
		{"one that decides while a fallback is rendered", stream.Renderer{}, page(
			html("a"), slot(failing(5*ms, errMissing)), at(stream.Boundary{Fallback: waiting(10*ms, ""), Load: after(time.Hour)})), 404, 10 * ms},
		{"the same, in parts", stream.Renderer{Mode: always(stream.Multipart)}, page(
			html("a"), at(stream.Boundary{Fallback: html("<p></p>"), Load: failing(5*ms, errMissing)}), at(stream.Boundary{Fallback: waiting(10*ms, "<p></p>"), Load: after(time.Hour)})), 404, 10 * ms},
		{"one that decides and is not critical, while a view is rendered", stream.Renderer{}, page(
			html("a"), slot(failing(5*ms, errMissing)), slot(after(0, slowView(10*ms, html("b"))))), 404, 10 * ms},
		{"the same, while a piece is rendered", stream.Renderer{}, page(
			slot(failing(11*ms, errMissing)), at(stream.Boundary{Critical: true, Pieces: each(piece{7 * ms, slowView(7*ms, html("b")), nil}, piece{time.Second, html("c"), nil})})), 404, 14 * ms},
		{"at a flush", stream.Renderer{}, page(
			html("a"), critical(after(0, critical(failing(5*ms, errMissing)), slowView(10*ms, html("b")))), waiting(ms, ""), templ.Flush(), slot(after(time.Hour))), 404, 11 * ms},
		{"an error among others", stream.Renderer{}, page(critical(failing(5*ms, fmt.Errorf("a: %w", errors.Join(errBoom, errMissing))))), 404, 5 * ms},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start, answered := time.Now(), time.Duration(0)
				tt.rd.Trace = &stream.Trace{
					Failed: func(_ context.Context, be *stream.BoundaryError) {
						if pe := new(stream.PanicError); errors.As(be.Err, &pe) {
							t.Errorf("Failed was told %v\n%s", be, pe.Stack)
						}
					},
					Status: func(_ context.Context, code int) {
						if answered = time.Since(start).Round(ms); code != tt.want || answered != tt.at {
							t.Errorf("status %d after %v, want %d after %v", code, answered, tt.want, tt.at)
						}
					},
				}
				if res, _, panicked := answerOf(&tt.rd, pageOf(tt.page)); panicked != nil || res.StatusCode != tt.want {
					t.Errorf("status %d, panic %v, want %d", res.StatusCode, panicked, tt.want)
				}
				time.Sleep(2 * time.Hour)
			})
		})
	}
}

func ten(c templ.Component) (all []templ.Component) {
	for range 10 {
		all = append(all, c)
	}
	return all
}

func pieces(n int) (all []piece) {
	for range n {
		all = append(all, piece{0, html("p"), nil})
	}
	return all
}

// The first byte of a page in order does not wait for what follows the first pieces of a
// fast sequence.
func TestHoldingBackFastSequence(t *testing.T) {
	var offered, before atomic.Int64
	fast := func(context.Context) iter.Seq2[templ.Component, error] {
		return func(yield func(templ.Component, error) bool) {
			for range 5000 {
				if offered.Add(1); !yield(waiting(ms, "p"), nil) {
					return
				}
			}
		}
	}
	rd := stream.Renderer{Mode: always(stream.InOrder), MaxBuffer: -1, Trace: &stream.Trace{
		Status: func(context.Context, int) { before.Store(offered.Load()) },
	}}
	synctest.Test(t, func(t *testing.T) {
		answerOf(&rd, pageOf(page(html("a"), slot(after(time.Hour)), at(stream.Boundary{Critical: true, Pieces: fast}))))
	})
	if n := before.Load(); n > 600 {
		t.Errorf("%d pieces were offered before the first byte, want those of one queue", n)
	}
}

// TestNoIndexBehindFlushes has boundaries that are ready at a flush, after the first
// byte.
func TestNoIndexBehindFlushes(t *testing.T) {
	for _, mode := range []stream.Mode{stream.OutOfOrder, stream.InOrder} {
		synctest.Test(t, func(t *testing.T) {
			c := page(html("a"), templ.Flush(), slot(failing(0, errMissing)), waiting(ms, ""), templ.Flush(), html("b"))
			_, body, _ := answerOf(&stream.Renderer{Mode: always(mode), Trace: &quiet, Script: stream.NoScript()}, pageOf(c))
			if want := `<meta name="robots" content="noindex"></body>`; strings.Count(body, want) != 1 {
				t.Errorf("%v: body %q, want one with %q", mode, body, want)
			}
		})
	}
}
