package stream_test

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

func goexit(d time.Duration) load {
	return func(ctx context.Context) (templ.Component, error) {
		if err := sleep(ctx, d); err != nil {
			return nil, err
		}
		runtime.Goexit()
		return nil, nil
	}
}

func TestFailures(t *testing.T) {
	sibling := slot(after(300*ms, html("sibling")))
	named := func(b stream.Boundary) templ.Component {
		b.Name, b.Fallback = "prices", html("dots")
		return page(at(b), sibling)
	}
	run(t, []pageTest{
		{name: "a load fails", page: named(stream.Boundary{Load: failing(100*ms, errBoom)})},
		{name: "a load fails before the shell", page: named(stream.Boundary{Load: failing(0, errBoom)})},
		{name: "a load panics", page: named(stream.Boundary{Load: panicking(100*ms, "boom")})},
		{name: "a load panics before the shell", page: named(stream.Boundary{Load: panicking(0, errBoom)})},
		{name: "a load panics with nil", page: named(stream.Boundary{Load: panicking(100*ms, nil)})},
		{name: "a load ends its goroutine", page: named(stream.Boundary{Load: goexit(100 * ms)})},
		{name: "a load ends its goroutine before the shell", page: named(stream.Boundary{Load: goexit(0)})},
		{name: "a load returns no view", page: named(stream.Boundary{Load: func(context.Context) (templ.Component, error) { return nil, nil }})},
		{name: "a view fails half-way", page: named(stream.Boundary{Load: after(100*ms, half("<p>lost", func() error { return errBoom }))})},
		{name: "a view fails after more than a buffer", page: named(stream.Boundary{Load: after(100*ms, half(strings.Repeat("lost", 10_000), func() error { return errBoom }))})},
		{name: "a view fails behind a boundary", page: named(stream.Boundary{Load: after(100*ms, html("lost"), slot(after(0, html("lost"))), half("lost", func() error { return errBoom }))})},
		{name: "a view fails half-way before the shell", page: named(stream.Boundary{Load: after(0, half("<p>lost", func() error { return errBoom }))})},
		{name: "a view panics half-way", page: named(stream.Boundary{Load: after(100*ms, half("<p>lost", func() error { panic("boom") }))})},
		{name: "a failing view's boundaries end with it", page: page(
			slot(after(100*ms, slot(stubborn(time.Second, html("lost"))), slot(after(time.Hour)), waiting(ms, ""), half("", func() error { return errBoom }))), sibling,
		)},
		{name: "a failing load's boundaries end with it", page: page(
			slot(stream.Prerender(templ.Join(slot(after(time.Hour)), waiting(100*ms, ""), half("", func() error { return errBoom })))), sibling,
		)},
		{name: "a child's failure is not its parent's", page: page(
			slot(stream.Prerender(templ.Join(slot(failing(50*ms, errBoom)), waiting(100*ms, "parent")))), sibling,
		)},
		{name: "an error's text never reaches the page", page: named(stream.Boundary{Load: failing(100*ms, errors.New("<script>alert(1)</script>"))})},
		{name: "a fallback fails", page: page(at(stream.Boundary{Fallback: half("lost", func() error { return errBoom }), Load: after(100*ms, html("1"))}), sibling)},
		{name: "a fallback panics", page: page(at(stream.Boundary{Fallback: half("lost", func() error { panic("boom") }), Load: after(100*ms, html("1"))}), sibling)},
		{name: "a boundary in a fallback shows its fallback", page: page(at(stream.Boundary{
			Fallback: templ.Join(html("<u>"), slot(after(0, html("lost"))), at(stream.Boundary{Load: after(0, html("lost"))}), html("</u>")),
			Load:     after(100*ms, html("1")),
		}))},
	})
}

func TestErrorViews(t *testing.T) {
	sibling := slot(after(300*ms, html("sibling")))
	excuse := func(c templ.Component) func(*stream.BoundaryError) templ.Component {
		return func(*stream.BoundaryError) templ.Component { return c }
	}
	failed := func(own func(*stream.BoundaryError) templ.Component) templ.Component {
		return page(at(stream.Boundary{Fallback: html("dots"), Load: failing(100*ms, errBoom), ErrorView: own}), sibling)
	}
	rd := stream.Renderer{ErrorView: view("the renderer's")}
	run(t, []pageTest{
		{name: "the boundary's own comes first", rd: rd, page: failed(view("its own"))},
		{name: "the renderer's comes second", rd: rd, page: failed(nil)},
		{name: "it shows the digest", page: failed(func(err *stream.BoundaryError) templ.Component {
			return html(err.ID + " " + err.Digest)
		})},
		{name: "one that fails gives way to the next", rd: rd, page: failed(excuse(half("lost", func() error { return errBoom })))},
		{name: "one that panics gives way to the next", rd: rd, page: failed(func(*stream.BoundaryError) templ.Component { panic("worse") })},
		{name: "one that is nil gives way to the next", rd: rd, page: failed(func(*stream.BoundaryError) templ.Component { return nil })},
		{name: "when all fail the built-in text remains", rd: stream.Renderer{ErrorView: excuse(half("lost", func() error { return errBoom }))},
			page: failed(excuse(half("lost", func() error { return errBoom })))},
		{name: "one with boundaries", page: failed(excuse(templ.Join(html("sorry, "), slot(after(50*ms, html("see this instead"))))))},
		{name: "one with boundaries for a failed view", page: page(at(stream.Boundary{
			Load:      after(100*ms, slot(after(time.Hour)), half("", func() error { return errBoom })),
			ErrorView: excuse(templ.Join(html("sorry, "), slot(after(50*ms, html("see this instead"))))),
		}))},
		{name: "one with a boundary that fails", page: failed(excuse(templ.Join(html("sorry, "), slot(failing(50*ms, errBoom)))))},
		{name: "one that fails ends its boundaries", rd: rd, page: failed(excuse(templ.Join(slot(after(time.Hour)), half("lost", func() error { return errBoom }))))},
		{name: "one that places a boundary within its own that fails", page: failed(excuse(
			slot(after(50*ms, slot(after(time.Hour)), half("", func() error { return errBoom }))),
		))},
		{name: "in order", rd: stream.Renderer{Mode: always(stream.InOrder)}, page: failed(excuse(templ.Join(html("sorry, "), slot(after(50*ms, html("see this"))))))},
	})
}

func TestTimeouts(t *testing.T) {
	timed := func(d time.Duration, l load) templ.Component {
		return at(stream.Boundary{Fallback: html("dots"), Timeout: d, Load: l})
	}
	sibling := slot(after(300*ms, html("sibling")))
	rd := stream.Renderer{Timeout: 200 * ms}
	run(t, []pageTest{
		{name: "a load that obeys its context", page: page(timed(100*ms, after(time.Hour)), sibling)},
		{name: "a load that ignores its context", page: page(timed(100*ms, stubborn(time.Hour, html("lost"))), sibling)},
		{name: "a load that ignores its context and ends before the page", page: page(timed(100*ms, stubborn(200*ms, html("lost"))), sibling)},
		{name: "before the shell", page: page(timed(1, after(time.Hour)), waiting(50*ms, ""), sibling)},
		{name: "before the shell by a load that ignores its context", page: page(timed(1, stubborn(time.Hour, nil)), waiting(50*ms, ""), sibling)},
		{name: "the renderer's, by loads that obey", rd: rd, page: page(slot(after(time.Hour)), sibling)},
		{name: "the renderer's, by loads that do not", rd: rd, page: page(slot(stubborn(time.Hour, nil)), slot(stubborn(time.Hour, nil)))},
		{name: "the renderer's counts from the start of the response", rd: rd, page: page(slot(after(50*ms, slot(after(time.Hour)))))},
		{name: "the renderer's is not for those with one of their own", rd: rd, page: page(timed(300*ms, after(250*ms, html("1"))), slot(after(time.Hour)))},
		{name: "the renderer's passes while the page is rendered", rd: rd, page: page(slot(after(time.Hour)), waiting(250*ms, "shell"), slot(after(time.Hour)))},
		{name: "30 s unless it is set", page: page(slot(after(time.Hour)))},
		{name: "none if it is negative", rd: stream.Renderer{Timeout: -1}, page: page(slot(after(time.Hour, html("1"))))},
		{name: "a parent's ends its children", page: page(timed(100*ms, stream.Prerender(templ.Join(slot(after(time.Hour)), slot(stubborn(200*ms, nil)), waiting(time.Hour, "")))))},
		{name: "one longer than its parent's", page: page(timed(100*ms, stream.Prerender(templ.Join(timed(time.Minute, after(time.Hour)), waiting(time.Hour, "")))))},
		{name: "whatever a load makes of it, the timeout is the reason", page: page(timed(100*ms, func(ctx context.Context) (templ.Component, error) {
			<-ctx.Done()
			return nil, errBoom
		}))},
		{name: "the same while a view is rendered", rd: stream.Renderer{Timeout: 100 * ms}, page: page(
			slot(after(50*ms, waiting(100*ms, "view"))),
			slot(func(ctx context.Context) (templ.Component, error) { <-ctx.Done(); return nil, errBoom }),
		)},
		{name: "of a finished load does not reach its children", page: page(timed(100*ms, after(50*ms, slot(after(200*ms, html("child"))))))},
		{name: "in order", rd: stream.Renderer{Mode: always(stream.InOrder)}, page: page(timed(100*ms, stubborn(time.Hour, nil)), sibling)},
		{name: "complete", rd: stream.Renderer{Mode: always(stream.Complete)}, page: page(timed(100*ms, stubborn(time.Hour, nil)), sibling)},
	})
}

func TestAborts(t *testing.T) {
	abort := func() error { panic(http.ErrAbortHandler) }
	sibling := slot(after(time.Hour))
	run(t, []pageTest{
		{name: "in a load", page: page(slot(panicking(100*ms, http.ErrAbortHandler)), sibling)},
		{name: "in a load before the shell", page: page(slot(panicking(0, http.ErrAbortHandler)), waiting(50*ms, ""), sibling)},
		{name: "in a load in order, behind one that is not ready", rd: stream.Renderer{Mode: always(stream.InOrder)}, page: page(sibling, slot(panicking(100*ms, http.ErrAbortHandler)))},
		{name: "in a load of a complete page", rd: stream.Renderer{Mode: always(stream.Complete)}, page: page(sibling, slot(panicking(100*ms, http.ErrAbortHandler)))},
		{name: "in a view", page: page(slot(after(100*ms, half("", abort))), sibling)},
		{name: "in an error view", page: page(at(stream.Boundary{Load: failing(100*ms, errBoom), ErrorView: func(*stream.BoundaryError) templ.Component { panic(http.ErrAbortHandler) }}), sibling)},
		{name: "in a fallback", page: page(at(stream.Boundary{Fallback: half("", abort), Load: after(time.Hour)}))},
		{name: "in a Suspense's children", page: page(slot(stream.Prerender(templ.Join(sibling, waiting(100*ms, ""), half("", abort)))))},
		{name: "a panic of the page waits for the loads", page: page(slot(after(time.Hour)), slot(stubborn(200*ms, nil)), waiting(100*ms, ""), half("", func() error { panic("boom") }))},
		{name: "an error of the page waits for the loads", page: page(slot(after(time.Hour)), slot(stubborn(200*ms, nil)), waiting(100*ms, ""), half("", func() error { return errBoom }))},
		{name: "a panic of the page does not wait for ever", rd: stream.Renderer{Timeout: time.Second}, page: page(slot(stubborn(time.Hour, nil)), waiting(ms, ""), half("", func() error { panic("boom") }))},
	})
}
