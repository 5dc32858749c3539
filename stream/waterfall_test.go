package stream_test

import (
	"testing"
	"testing/synctest"
	"time"

	"net/http/httptest"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// TestNoWaterfall has boundaries within boundaries, all of which take 100 ms, in
// all that can hold them. In order and complete, a page takes as long as out of
// order: no load waits for its neighbours.
func TestNoWaterfall(t *testing.T) {
	const n = 4
	leaf := func() templ.Component { return slot(after(100*ms, html("leaf"))) }
	times := func(make func() templ.Component) templ.Component {
		var all []templ.Component
		for range n {
			all = append(all, make())
		}
		return page(all...)
	}
	fails := func() load { return failing(100*ms, errBoom) }
	for _, tt := range []struct {
		name string
		c    templ.Component
		want time.Duration
	}{
		{"within views", times(func() templ.Component { return slot(after(100*ms, leaf())) }), 200 * ms},
		{"three deep", times(func() templ.Component { return slot(after(100*ms, slot(after(100*ms, leaf())))) }), 300 * ms},
		{"beside each other within one", page(slot(after(100*ms, leaf(), slot(after(100*ms, leaf())), slot(after(100*ms, leaf())), leaf()))), 300 * ms},
		{"within error views", times(func() templ.Component {
			return at(stream.Boundary{Load: fails(), ErrorView: func(*stream.BoundaryError) templ.Component { return leaf() }})
		}), 200 * ms},
		{"within the error views of sequences", times(func() templ.Component {
			return at(stream.Boundary{
				Pieces:    each(piece{view: leaf()}, piece{err: errBoom}),
				ErrorView: func(*stream.BoundaryError) templ.Component { return leaf() },
			})
		}), 100 * ms},
		{"within prerendered content", times(func() templ.Component {
			return slot(stream.Prerender(templ.Join(waiting(100*ms, "x"), slot(after(0, leaf())))))
		}), 200 * ms},
		{"within what a Prerender has placed before its own end", page(slot(stream.Prerender(templ.Join(
			slot(after(50*ms, leaf())), slot(after(50*ms, leaf())), slot(after(50*ms, leaf())), waiting(80*ms, ""),
		)))), 180 * ms},
		{"within the pieces of sequences", times(func() templ.Component {
			return row(each(piece{after: 100 * ms, view: leaf()}, piece{after: 100 * ms, view: leaf()}))
		}), 300 * ms},
		{"where the first is the last", page(slot(after(200*ms, html("first"))), slot(after(100*ms, leaf())), slot(after(50*ms, slot(after(50*ms, leaf()))))), 200 * ms},
		{"behind one that takes long", page(slot(after(250*ms, leaf())), slot(after(50*ms, slot(after(150*ms, leaf()))))), 350 * ms},
		{"within what is ready at a flush", page(slot(after(0, leaf())), waiting(ms, ""), templ.Flush(), leaf()), 101 * ms},
		{"within what a flush has sent", page(slot(after(100*ms, leaf())), templ.Flush(), slot(after(100*ms, leaf()))), 200 * ms},
	} {
		for _, mode := range []stream.Mode{stream.OutOfOrder, stream.InOrder, stream.Complete} {
			t.Run(tt.name+", "+mode.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					start := time.Now()
					rd := stream.Renderer{Mode: always(mode), Trace: &quiet}
					if err := rd.Render(newRecorder(), httptest.NewRequest("GET", "/", nil), tt.c); err != nil {
						t.Fatal(err)
					}
					if took := time.Since(start).Truncate(ms); took != tt.want {
						t.Errorf("took %v, want %v", took, tt.want)
					}
				})
			})
		}
	}
}
