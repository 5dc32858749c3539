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

// starting is a component that starts f and does not wait for it.
func starting(f func(context.Context) error) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, _ io.Writer) error {
		suspense.Start(ctx, func(ctx context.Context) (int, error) { return 0, f(ctx) })
		return nil
	})
}

// TestEnds is about when Render returns: with the last goroutine, while the
// client has the page already.
func TestEnds(t *testing.T) {
	unheard := starting(func(context.Context) error { time.Sleep(400 * ms); return nil })
	run(t, []pageTest{
		{name: "what nobody waits for ends with the page", page: page(starting(func(ctx context.Context) error { return sleep(ctx, time.Hour) }), html("1"))},
		{name: "what is deaf to its context holds no bytes back", page: page(unheard, html("1"))},
		{name: "nor chunks", page: page(unheard, slot(after(100*ms, html("1"))))},
		{name: "nor what is in order", rd: stream.Renderer{Mode: always(stream.InOrder)}, page: page(unheard, slot(after(100*ms, html("1"))))},
		{name: "a complete page may wait", rd: stream.Renderer{Mode: always(stream.Complete)}, page: page(unheard, slot(after(100*ms, html("1")))), whole: true},
		{name: "it is waited for until the renderer's timeout", rd: stream.Renderer{Timeout: 200 * ms}, page: page(starting(func(context.Context) error { time.Sleep(time.Hour); return nil }), html("1"))},
		{name: "until that of the request", deadline: 200 * ms, page: page(starting(func(context.Context) error { time.Sleep(time.Hour); return nil }), html("1"))},
	})
}
