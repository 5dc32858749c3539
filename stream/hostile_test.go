package stream_test

import (
	"cmp"
	"context"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// typedNil is an error that is not nil although its pointer is: all of its
// methods panic.
func typedNil() error {
	var err *fs.PathError
	return err
}

// notFound is an error of which only Is panics if it is nil.
type notFound struct{ code int }

func (e *notFound) Error() string { return "not found" }

func (e *notFound) Is(error) bool { return e.code == 0 }

func TestTypedNilErrors(t *testing.T) {
	sibling := slot(after(300*ms, html("sibling")))
	starting := func(d time.Duration) templ.Component {
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			wait := suspense.Start(ctx, func(ctx context.Context) (string, error) { return "", cmp.Or(sleep(ctx, d), typedNil()) })
			return slot(func(ctx context.Context) (templ.Component, error) {
				s, err := wait(ctx)
				return html(s), err
			}).Render(ctx, w)
		})
	}
	atEnd := func(err error) load {
		return func(ctx context.Context) (templ.Component, error) {
			<-ctx.Done()
			return nil, err
		}
	}
	timed := func(l load) templ.Component {
		return at(stream.Boundary{Fallback: html("dots"), Timeout: 100 * ms, Load: l})
	}
	nilView := half("lost", typedNil)
	run(t, []pageTest{
		{name: "of a load", page: page(slot(failing(100*ms, typedNil())), sibling)},
		{name: "of a load before the shell", page: page(slot(failing(0, typedNil())), sibling)},
		{name: "of a load whose time has passed", page: page(timed(atEnd(typedNil())), sibling)},
		{name: "of a load whose time has passed, as its panic", page: page(timed(func(ctx context.Context) (templ.Component, error) {
			<-ctx.Done()
			panic(typedNil())
		}), sibling)},
		{name: "of a load whose time has passed, with a method Is", page: page(timed(atEnd((*notFound)(nil))), sibling)},
		{name: "of a load whose client has left", page: page(slot(atEnd((*notFound)(nil))), slot(after(time.Hour))), leave: 100 * ms},
		{name: "of a load whose client has left, as its panic", page: page(slot(func(ctx context.Context) (templ.Component, error) {
			<-ctx.Done()
			panic(typedNil())
		})), leave: 100 * ms},
		{name: "of a load in another writer", page: page(sibling, upper(slot(failing(100*ms, typedNil()))))},
		{name: "of a function that was started", page: page(starting(100*ms), sibling)},
		{name: "of a function that was started, before the shell", page: page(starting(0), sibling)},
		{name: "of a function that was started and ends with the page", page: page(sibling, starting(time.Hour))},
		{name: "of a function that nobody waits for and that ends with the page", page: page(sibling, templ.ComponentFunc(func(ctx context.Context, _ io.Writer) error {
			stream.Go(ctx, func(ctx context.Context) error {
				<-ctx.Done()
				return (*notFound)(nil)
			})
			return nil
		}))},
		{name: "of a view", page: page(slot(after(100*ms, nilView)), sibling)},
		{name: "of a view before the shell", page: page(slot(after(0, nilView)), sibling)},
		{name: "of a view in another writer", page: page(sibling, upper(slot(after(100*ms, nilView))))},
		{name: "of a Suspense's children", page: page(with(suspense.Suspense(html("dots")), templ.Join(waiting(100*ms, ""), nilView)), sibling)},
		{name: "of a fallback", page: page(at(stream.Boundary{Fallback: nilView, Load: after(100*ms, html("1"))}), sibling)},
		{name: "of an error view", page: page(at(stream.Boundary{Load: failing(100*ms, errBoom), ErrorView: func(*stream.BoundaryError) templ.Component { return nilView }}), sibling)},
		{name: "of the page", page: page(sibling, nilView)},
	})
}

// again is a boundary that fails after d and whose error view holds itself.
func again(d time.Duration) templ.Component {
	return at(stream.Boundary{Fallback: html("dots"), Load: failing(d, errBoom), ErrorView: func(*stream.BoundaryError) templ.Component {
		return templ.Join(html("sorry, "), again(d))
	}})
}

func TestEndlessErrorViews(t *testing.T) {
	sorry := func(c templ.Component) stream.Renderer {
		return stream.Renderer{ErrorView: func(*stream.BoundaryError) templ.Component { return templ.Join(html("sorry, "), c) }}
	}
	now, later := slot(failing(0, errBoom)), slot(failing(10*ms, errBoom))
	rendered := slot(stream.Prerender(half("", func() error { return errBoom })))
	run(t, []pageTest{
		{name: "of the renderer", rd: sorry(now), page: page(now)},
		{name: "of the renderer, with loads that take time", rd: sorry(later), page: page(later)},
		{name: "of the renderer, with a Suspense", rd: sorry(rendered), page: page(rendered)},
		{name: "of the renderer, in another writer", rd: sorry(now), page: page(upper(now))},
		{name: "of the renderer, each in another writer", rd: sorry(upper(now)), page: page(now)},
		{name: "of the renderer, in order", rd: func() stream.Renderer {
			rd := sorry(later)
			rd.Mode = always(stream.InOrder)
			return rd
		}(), page: page(later)},
		{name: "of the renderer, with a view between them that does not fail", rd: sorry(slot(after(0, now))), page: page(now)},
		{name: "of the boundary", page: page(again(0))},
		{name: "of the boundary, with loads that take time", page: page(again(10 * ms))},
		{name: "of the boundary, in another writer", page: page(upper(again(0)))},
		{name: "of the boundary, in another writer in a view", page: page(slot(after(100*ms, upper(again(0)))))},
		{name: "of the boundary, in a Suspense", page: page(slot(stream.Prerender(templ.Join(waiting(100*ms, ""), again(0)))))},
	})
	t.Run("of the boundary, outside a response", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var b strings.Builder
			if err := again(10*ms).Render(t.Context(), &b); err != nil {
				t.Errorf("Render() = %v, want nil", err)
			}
			want := strings.Repeat("sorry, ", 9) + `<span role="alert">This part could not be loaded (DIGEST).</span>`
			if got := mask(b.String()); got != want {
				t.Errorf("Render() wrote %q, want %q", got, want)
			}
		})
	})
}

func TestTracePanics(t *testing.T) {
	boom := func(context.Context, stream.BoundaryInfo) { panic("boom") }
	met := stream.Renderer{Trace: &stream.Trace{Met: boom, Failed: quiet.Failed}}
	second := stream.Renderer{Trace: &stream.Trace{Failed: quiet.Failed, Met: func(_ context.Context, b stream.BoundaryInfo) {
		if b.ID == "1.1" {
			panic("boom")
		}
	}}}
	loading := stream.Renderer{Trace: &stream.Trace{Loading: func(context.Context, stream.BoundaryInfo) context.Context { panic("boom") }, Failed: quiet.Failed}}
	loaded := stream.Renderer{Trace: &stream.Trace{Failed: quiet.Failed, Loaded: func(context.Context, stream.BoundaryInfo, error) { panic("boom") }}}
	one := page(slot(after(100*ms, html("1"))), waiting(50*ms, ""))
	run(t, []pageTest{
		{name: "in Met it is the page's", rd: met, page: one},
		{name: "in Met within a view it is the boundary's", rd: second, page: page(slot(after(100*ms, slot(after(0, html("1"))))))},
		{name: "in Met within a Suspense it is the boundary's", rd: second, page: page(slot(stream.Prerender(templ.Join(waiting(100*ms, ""), slot(after(0, html("1")))))))},
		{name: "in Loading it is the boundary's", rd: loading, page: one},
		{name: "in Loaded it is the boundary's", rd: loaded, page: one},
		{name: "in Loaded of a load that has failed", rd: loaded, page: page(slot(failing(100*ms, errBoom)))},
		{name: "in Loaded of a load that nobody waits for", rd: loaded, page: page(at(stream.Boundary{Timeout: 50 * ms, Load: stubborn(time.Hour, nil)}))},
	})
}

// nest is n boundaries, each in the view of the one before it, around c.
func nest(n int, c templ.Component) templ.Component {
	for range n {
		c = slot(after(0, c))
	}
	return c
}

// TestLongIDs has paths that would be longer than 64 characters.
func TestLongIDs(t *testing.T) {
	thousandth := html("end")
	for range 14 { // levels, each with an id of five characters
		within := []templ.Component{}
		for range 999 {
			within = append(within, slot(after(0, html(""))))
		}
		thousandth = templ.Join(append(within, slot(after(0, thousandth)))...)
	}
	run(t, []pageTest{
		{name: "32 boundaries within each other", page: page(nest(32, html("end")))},
		{name: "33 boundaries within each other", page: page(html("1"), nest(33, html("end")), html("2"))},
		{name: "33 children of a Suspense within each other", page: page(nest(31, slot(stream.Prerender(templ.Join(waiting(100*ms, ""), slot(after(0, html("lost"))))))))},
		{name: "14 boundaries within each other, each the thousandth", page: page(html("1"), thousandth, html("2"))},
	})
}
