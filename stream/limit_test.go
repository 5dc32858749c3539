package stream_test

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

func TestLimits(t *testing.T) {
	four := page(
		slot(after(400*ms, html("1"))), slot(after(300*ms, html("2"))), slot(after(200*ms, html("3"))), slot(after(100*ms, html("4"))),
	)
	// The children are met when all that is beside them is in the queue.
	nested := page(
		slot(stream.Prerender(templ.Join(
			html("<u>"), waiting(10*ms, ""), slot(stream.Prerender(templ.Join(
				waiting(10*ms, ""), slot(after(100*ms, html("3"))), waiting(100*ms, "2"),
			))), waiting(110*ms, "1</u>"),
		))),
		slot(after(100*ms, html("4"))), slot(after(100*ms, html("5"))),
	)
	timed := page(
		slot(stubborn(300*ms, html("1"))),
		at(stream.Boundary{Timeout: 100 * ms, Load: after(0, html("lost"))}),
		slot(after(100*ms, html("3"))),
	)
	one, two := stream.Renderer{Limit: 1}, stream.Renderer{Limit: 2}
	run(t, []pageTest{
		{name: "none", page: four},
		{name: "two", rd: two, page: four},
		{name: "one", rd: one, page: four},
		{name: "none, nested", page: nested},
		{name: "two, nested", rd: two, page: nested},
		{name: "one, nested", rd: one, page: nested},
		{name: "one, complete", rd: stream.Renderer{Limit: 1, Mode: always(stream.Complete)}, page: nested},
		{name: "one, in order", rd: stream.Renderer{Limit: 1, Mode: always(stream.InOrder)}, page: nested},
		{name: "waiting counts as time", rd: one, page: timed},
		{name: "an abandoned load does not count", rd: one, page: page(
			at(stream.Boundary{Timeout: 100 * ms, Load: stubborn(time.Hour, nil)}), slot(after(100*ms, html("2"))),
		)},
		{name: "an abandoned load that returns gives nothing back twice", rd: one, page: page(
			at(stream.Boundary{Timeout: 100 * ms, Load: stubborn(150*ms, nil)}),
			slot(after(100*ms, html("2"))), slot(after(100*ms, html("3"))), slot(after(100*ms, html("4"))),
		)},
		{name: "a failed boundary's queue is dropped", rd: one, page: page(
			slot(stream.Prerender(templ.Join(slot(after(time.Hour)), slot(after(time.Hour)), waiting(100*ms, ""), half("", func() error { return errBoom })))),
			slot(after(100*ms, html("2"))),
		)},
		{name: "the deadline empties the queue", rd: stream.Renderer{Limit: 1, Timeout: 200 * ms}, page: four},
		{name: "what has no time left needs no slot", rd: stream.Renderer{Limit: 1, Timeout: 50 * ms}, page: page(
			at(stream.Boundary{Timeout: time.Second, Load: after(100*ms,
				at(stream.Boundary{Timeout: 3 * time.Second, Load: after(2*time.Second, html("1.1"))}), slot(after(time.Hour)),
			)}),
		)},
		{name: "a load may wait for what was started", rd: one, page: templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			slow := suspense.Start(ctx, func(ctx context.Context) (string, error) { return "started", sleep(ctx, 200*ms) })
			return page(
				suspense.Await(html("dots"), slow, html),
				suspense.Await(html("dots"), slow, html),
			).Render(ctx, w)
		})},
		{name: "what a load starts needs no slot", rd: one, page: page(slot(func(ctx context.Context) (templ.Component, error) {
			s, err := suspense.Start(ctx, func(ctx context.Context) (string, error) { return "started", sleep(ctx, 200*ms) })(ctx)
			return html(s), err
		}))},
		{name: "the client leaves", rd: one, page: four, leave: 450 * ms},
	})
}
