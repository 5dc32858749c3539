package stream_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// A flood is text without an end, of which it counts what was taken.
type flood struct {
	taken atomic.Int64
	ended atomic.Bool // the context of its load has
}

const maxBuffer = 1 << 20

var bucket = strings.Repeat("0123456789abcdef", 1<<10/16) // 1 KiB

func (f *flood) take() error {
	if f.taken.Add(int64(len(bucket))) > 30*maxBuffer {
		return errBoom // as good as endless
	}
	return nil
}

// text is a sequence of Text.
func (f *flood) text() templ.Component {
	return suspense.Text(nil, func(ctx context.Context) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			context.AfterFunc(ctx, func() { f.ended.Store(true) })
			for yield(bucket, f.take()) {
			}
		}
	})
}

// pieces is a sequence of views.
func (f *flood) pieces() templ.Component {
	return row(func(context.Context) iter.Seq2[templ.Component, error] {
		return func(yield func(templ.Component, error) bool) {
			for yield(html(bucket), f.take()) {
			}
		}
	})
}

// view is one view.
func (f *flood) view() templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		for {
			if err := f.take(); err != nil {
				return err
			}
			if _, err := io.WriteString(w, bucket); err != nil {
				return err
			}
		}
	})
}

// careless is a view that does not look at the errors of its writer.
func (f *flood) careless() templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		for range 10 * maxBuffer / len(bucket) {
			_, _ = io.WriteString(w, bucket)
			f.taken.Add(int64(len(bucket)))
		}
		return nil
	})
}

// many are n boundaries of 64 KiB each.
func (f *flood) many(n int, place func(templ.Component) templ.Component) templ.Component {
	var parts []templ.Component
	for range n {
		parts = append(parts, place(templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			f.taken.Add(64 << 10)
			_, err := io.WriteString(w, strings.Repeat(bucket, 64))
			return err
		})))
	}
	return templ.Join(parts...)
}

func inView(c templ.Component) templ.Component     { return slot(after(0, c)) }
func inSuspense(c templ.Component) templ.Component { return slot(stream.Prerender(c)) }
func inPlace(c templ.Component) templ.Component    { return upper(slot(after(0, c))) }

func tardy(c templ.Component) templ.Component { return slot(after(100*ms, c)) }

// TestMaxBuffer has pages that would hold more than they may. What ends is the
// page, if nothing of it was sent, or the boundary.
func TestMaxBuffer(t *testing.T) {
	const (
		page500 = iota // the page fails before its first byte
		failed         // the boundary fails
		told           // the boundary fails where its error view is not asked for
		whole          // all is sent
	)
	lateSuspense := func(c templ.Component) templ.Component {
		return slot(stream.Prerender(templ.Join(waiting(100*ms, ""), c)))
	}
	for _, tt := range []struct {
		name string
		mode stream.Mode
		page func(*flood) templ.Component
		want int
		most int64 // that is taken; zero: twice what may be held
	}{
		{"a Text in a complete page", stream.Complete, func(f *flood) templ.Component { return f.text() }, page500, 0},
		{"an Each in a complete page", stream.Complete, func(f *flood) templ.Component { return f.pieces() }, page500, 0},
		{"a Text in a view of a complete page", stream.Complete, func(f *flood) templ.Component { return inView(f.text()) }, page500, 0},
		{"a Text in a writer of some component's own", stream.Complete, func(f *flood) templ.Component { return upper(f.text()) }, failed, 0},
		{"an Each in a writer of some component's own", stream.OutOfOrder, func(f *flood) templ.Component { return slot(after(100*ms, upper(f.pieces()))) }, failed, 20 * maxBuffer},
		{"a Text in a writer of some component's own in a view", stream.OutOfOrder, func(f *flood) templ.Component { return tardy(upper(f.text())) }, failed, 0},
		{"a Text in a Suspense's children, in another writer", stream.OutOfOrder, func(f *flood) templ.Component { return lateSuspense(upper(f.text())) }, failed, 0},
		{"the page itself", stream.OutOfOrder, func(f *flood) templ.Component { return f.view() }, page500, 0},
		{"the page itself, and it does not care", stream.OutOfOrder, func(f *flood) templ.Component { return f.careless() }, page500, 20 * maxBuffer},
		{"a view of a complete page", stream.Complete, func(f *flood) templ.Component { return inView(f.view()) }, page500, 0},
		{"a view in the shell", stream.OutOfOrder, func(f *flood) templ.Component { return inView(f.view()) }, page500, 0},
		{"a view of the shell before a flush", stream.OutOfOrder, func(f *flood) templ.Component {
			return templ.Join(inView(f.view()), waiting(ms, ""), templ.Flush())
		}, page500, 0},
		{"a view in a chunk", stream.OutOfOrder, func(f *flood) templ.Component { return tardy(f.view()) }, failed, 0},
		{"a view in a chunk that does not care", stream.OutOfOrder, func(f *flood) templ.Component { return tardy(f.careless()) }, failed, 20 * maxBuffer},
		{"a view in order, later", stream.InOrder, func(f *flood) templ.Component { return tardy(f.view()) }, failed, 0},
		{"a fallback", stream.OutOfOrder, func(f *flood) templ.Component {
			return at(stream.Boundary{Fallback: f.view(), Load: after(time.Second)})
		}, page500, 0},
		{"an error view in the shell", stream.OutOfOrder, func(f *flood) templ.Component {
			return at(stream.Boundary{Load: failing(0, errBoom), ErrorView: func(*stream.BoundaryError) templ.Component { return f.view() }})
		}, page500, 0},
		{"an error view in a chunk", stream.OutOfOrder, func(f *flood) templ.Component {
			return at(stream.Boundary{Load: failing(100*ms, errBoom), ErrorView: func(*stream.BoundaryError) templ.Component { return f.view() }})
		}, failed, 0},
		{"an error view in place", stream.OutOfOrder, func(f *flood) templ.Component {
			return tardy(upper(at(stream.Boundary{Load: failing(100*ms, errBoom), ErrorView: func(*stream.BoundaryError) templ.Component { return f.view() }})))
		}, failed, 0},
		{"a view in another writer", stream.OutOfOrder, func(f *flood) templ.Component { return tardy(inPlace(f.view())) }, failed, 0},
		{"a view in another writer that does not care", stream.OutOfOrder, func(f *flood) templ.Component { return tardy(inPlace(f.careless())) }, failed, 20 * maxBuffer},
		{"a Suspense", stream.OutOfOrder, func(f *flood) templ.Component { return lateSuspense(f.view()) }, failed, 0},
		{"a Suspense in another writer", stream.OutOfOrder, func(f *flood) templ.Component { return tardy(upper(inSuspense(f.view()))) }, failed, 0},
		{"a fragment that was asked for", stream.OutOfOrder, func(f *flood) templ.Component {
			c := with(templ.Fragment("id"), f.view())
			return tardy(templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
				return templ.RenderFragments(ctx, w, upper(inView(c)), "id")
			}))
		}, told, 0},
		{"many views of a complete page", stream.Complete, func(f *flood) templ.Component { return f.many(1000, inView) }, page500, 0},
		{"many views in the shell", stream.OutOfOrder, func(f *flood) templ.Component { return f.many(1000, inView) }, page500, 0},
		{"many views that load in place", stream.OutOfOrder, func(f *flood) templ.Component { return f.many(1000, inPlace) }, page500, 0},
		{"views in views of a complete page", stream.Complete, func(f *flood) templ.Component {
			var c templ.Component = templ.NopComponent
			for range 100 {
				c = templ.Join(f.many(1, inView), inView(c), f.many(1, inView))
			}
			return c
		}, page500, 0},
		{"many Suspenses at once", stream.OutOfOrder, func(f *flood) templ.Component { return f.many(100, lateSuspense) }, failed, 100 * maxBuffer},

		{"many chunks at once", stream.OutOfOrder, func(f *flood) templ.Component { return f.many(100, tardy) }, whole, 100 * maxBuffer},
		{"many views in order", stream.InOrder, func(f *flood) templ.Component { return f.many(100, inView) }, whole, 100 * maxBuffer},
		{"many views in order, later", stream.InOrder, func(f *flood) templ.Component { return f.many(100, tardy) }, whole, 100 * maxBuffer},
		{"as much as may be held", stream.Complete, func(f *flood) templ.Component { return f.many(15, inView) }, whole, 0},
		{"as much of Suspenses", stream.Complete, func(f *flood) templ.Component { return f.many(15, inSuspense) }, whole, 0},
		{"as much in place", stream.Complete, func(f *flood) templ.Component { return f.many(15, inPlace) }, whole, 0},
		{"Suspenses one after the other", stream.OutOfOrder, func(f *flood) templ.Component {
			var c templ.Component = templ.NopComponent
			for range 8 {
				c = tardy(templ.Join(f.many(8, inSuspense), c))
			}
			return c
		}, whole, 100 * maxBuffer},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, w := new(flood), newWireLog()
				var failures []error
				rd := stream.Renderer{MaxBuffer: maxBuffer, Mode: always(tt.mode), Script: stream.NoScript(), Trace: &stream.Trace{
					Failed: func(_ context.Context, err *stream.BoundaryError) { failures = append(failures, err) },
				}}
				start := time.Now()
				err := rd.Render(w, httptest.NewRequest("GET", "/", nil), page(tt.page(f), html("the end")))
				if took := time.Since(start); took > 10*time.Second {
					t.Errorf("Render() took %v", took)
				}
				most := tt.most
				if most == 0 {
					most = 2 * maxBuffer
				}
				if got := f.taken.Load(); got > most {
					t.Errorf("%d bytes were taken, want at most %d", got, most)
				}
				switch tt.want {
				case page500:
					if !errors.Is(err, stream.ErrShell) || !isTooLarge(err) {
						t.Errorf("Render() = %v, want an error of the shell that names MaxBuffer", err)
					}
					if body := w.body(); body != "" {
						t.Errorf("%d bytes were sent", len(body))
					}
				case failed, told:
					if err != nil {
						t.Errorf("Render() = %v, want nil", err)
					}
					if !slices.ContainsFunc(failures, isTooLarge) {
						t.Errorf("failures = %v, want one that names MaxBuffer", failures)
					}
					body := w.body()
					if tt.want == failed && !strings.Contains(strings.ToLower(body), "this part could not be loaded") || !strings.Contains(body, "the end") {
						t.Errorf("page = %.200q … (%d bytes), want an error view and the end", body, len(body))
					}
				case whole:
					if err != nil || len(failures) > 0 {
						t.Errorf("Render() = %v, failures = %v, want none", err, failures)
					}
					if got, want := len(w.body()), int(f.taken.Load()); got < want {
						t.Errorf("%d bytes were sent, want %d", got, want)
					}
				}
				time.Sleep(2 * time.Hour)
				if tt.name == "a Text in a complete page" && !f.ended.Load() {
					t.Error("the context of the sequence has not ended")
				}
			})
		})
	}
}

// TestMaxBufferSizes is about the sizes that a Renderer can have.
func TestMaxBufferSizes(t *testing.T) {
	testkit.SkipWithRace(t, "so many bytes take long under the race detector")
	big := html(strings.Repeat(bucket, 65<<10))
	for _, tt := range []struct {
		max  int
		fits bool
	}{{0, false}, {-1, true}, {66 << 20, true}, {1, false}} {
		t.Run(fmt.Sprint(tt.max), func(t *testing.T) {
			rd := stream.Renderer{MaxBuffer: tt.max, Mode: always(stream.Complete)}
			err := rd.Render(&discard{http.Header{}}, httptest.NewRequest("GET", "/", nil), big)
			if got := err == nil; got != tt.fits {
				t.Errorf("Render() = %v", err)
			}
		})
	}
	t.Run("outside a response there is no limit", func(t *testing.T) {
		n := new(countingWriter)
		if err := slot(after(0, big)).Render(t.Context(), n); err != nil || *n != 65<<20 {
			t.Errorf("Render() = %v after %d bytes", err, *n)
		}
	})
	t.Run("a Handler answers with a 500", func(t *testing.T) {
		f := new(flood)
		rd := stream.Renderer{MaxBuffer: maxBuffer}
		rec := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("HX-Request", "1")
		rd.Handler(pageOf(f.pieces())).ServeHTTP(rec, r)
		if rec.Code != 500 || rec.Body.String() != "Internal Server Error\n" {
			t.Errorf("answer = %d %.100q, want a 500", rec.Code, rec.Body.String())
		}
	})
}

type countingWriter int

func (n *countingWriter) Write(p []byte) (int, error) {
	*n += countingWriter(len(p))
	return len(p), nil
}

// TestMaxBufferAhead has content in order that is rendered before its turn: it takes
// no room from what has its turn.
func TestMaxBufferAhead(t *testing.T) {
	long := func(kib int) templ.Component { return html(strings.Repeat(bucket, kib)) }
	for _, tt := range []struct {
		name   string
		page   templ.Component
		bytes  int // that are sent at least
		failed int
	}{
		{"a view is ahead of a view", templ.Join(slot(after(100*ms, long(600))), slot(after(50*ms, long(1000)))), 1600 << 10, 0},
		{"a view is ahead of a Prerender", templ.Join(slot(stream.Prerender(templ.Join(waiting(100*ms, ""), long(600)))), slot(after(50*ms, long(1000)))), 1600 << 10, 0},
		{"views are ahead of each other", templ.Join(slot(after(100*ms, long(1000))), slot(after(50*ms, long(200))), slot(after(60*ms, long(1000))), slot(after(70*ms, long(1000)))), 3200 << 10, 0},
		{"a view that is too large is ahead of the first bytes", templ.Join(slot(after(100*ms, long(100))), slot(after(50*ms, new(flood).view()))), 100 << 10, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, failed := newWireLog(), 0
				rd := stream.Renderer{MaxBuffer: maxBuffer, Mode: always(stream.InOrder), Trace: &stream.Trace{
					Failed: func(context.Context, *stream.BoundaryError) { failed++ },
				}}
				err := rd.Render(w, httptest.NewRequest("GET", "/", nil), tt.page)
				if n := len(w.body()); err != nil || failed != tt.failed || n < tt.bytes {
					t.Errorf("Render() = %v, %d boundaries failed and %d bytes were sent, want nil, %d and %d", err, failed, n, tt.failed, tt.bytes)
				}
			})
		})
	}
}

// TestFlushOfMuch has a flush, in order, of more than may be held.
func TestFlushOfMuch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := new(flood)
		start, flushed := time.Now(), 0
		rd := stream.Renderer{MaxBuffer: maxBuffer, Mode: always(stream.InOrder), Trace: &stream.Trace{Flushed: func(_ context.Context, n int) {
			if time.Since(start) < time.Second {
				flushed += n
			}
		}}}
		c := page(f.many(100, inView), waiting(100*ms, ""), templ.Flush(), waiting(time.Minute, ""))
		if err := rd.Render(newWireLog(), httptest.NewRequest("GET", "/", nil), c); err != nil {
			t.Errorf("Render() = %v, want nil", err)
		}
		if want := 100 * 64 << 10; flushed < want {
			t.Errorf("%d bytes were flushed, want %d", flushed, want)
		}
	})
}

// TestInOrderWaits has a sequence that is always ahead of a client that reads
// nothing.
func TestInOrderWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := new(flood)
		w := &stuck{wireLog: newWireLog(), until: time.Now().Add(time.Hour)}
		var before int64
		time.AfterFunc(30*time.Minute, func() { before = f.taken.Load() })
		rd := stream.Renderer{Mode: always(stream.InOrder), Timeout: 2 * time.Hour, Trace: &quiet}
		if err := rd.Render(w, httptest.NewRequest("GET", "/", nil), page(f.pieces())); err != nil {
			t.Errorf("Render() = %v, want nil", err)
		}
		if before == 0 || before > 4<<20 {
			t.Errorf("%d bytes were taken for a client that reads nothing", before)
		}
	})
}
