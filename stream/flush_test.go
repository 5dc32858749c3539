package stream_test

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/internal/parts"
)

func TestFlush(t *testing.T) {
	flush := templ.Flush()
	complete, inOrder := stream.Renderer{Mode: always(stream.Complete)}, stream.Renderer{Mode: always(stream.InOrder)}
	body := templ.Join(html("<p>"), waiting(50*ms, "body"), html("</p>"), slot(after(100*ms, html("1"))))
	many := page(slot(after(100*ms, html("1"))), html("<hr>"), flush, waiting(150*ms, "shell"), slot(after(100*ms, html("2"))))
	fails := half("", func() error { return errBoom })
	run(t, []pageTest{
		{name: "the head leaves first", page: with(parts.HeadFirst(), body)},
		{name: "the head leaves first in order", rd: inOrder, page: with(parts.HeadFirst(), body)},
		{name: "a complete page does not flush", rd: complete, page: with(parts.HeadFirst(), body)},
		{name: "without boundaries", page: with(parts.HeadFirst(), waiting(50*ms, "body"))},
		{name: "behind a boundary its fallback leaves with it", page: many},
		{name: "behind a boundary in order what follows it stays", rd: inOrder, page: many},
		{name: "behind the end tags", page: with(parts.FlushAtEnd(), body)},
		{name: "behind the end tags without boundaries", page: with(parts.FlushAtEnd(), waiting(50*ms, "body"))},
		{name: "behind the end tags in order", rd: inOrder, page: with(parts.FlushAtEnd(), body)},
		{name: "in a view it does nothing", page: page(slot(after(100*ms, html("<u>"), flush, html("</u>"))))},
		{name: "in a Suspense it does nothing", page: page(slot(stream.Prerender(templ.Join(html("<u>"), flush, waiting(100*ms, "</u>")))))},
		{name: "in a fallback it does nothing", page: page(at(stream.Boundary{Fallback: templ.Join(html("<u>"), flush, html("</u>")), Load: after(100*ms, html("1"))}))},
		{name: "the page fails after it", page: page(slot(after(time.Hour)), flush, waiting(50*ms, "lost"), fails)},
		{name: "a load that is ready is in place", page: page(slot(after(50*ms, html("1"))), waiting(100*ms, ""), flush, slot(after(50*ms, html("2"))), waiting(100*ms, "3"))},
		{name: "the client leaves before it", page: page(waiting(50*ms, "1"), templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			time.Sleep(50 * ms)
			return flush.Render(ctx, w)
		}), html("2")), leave: 70 * ms},
	})
}
