package stream_test

import (
	"context"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// copied is a load whose view writes content, which it has rendered, into a writer
// of its own.
func copied(content templ.Component) load {
	return func(ctx context.Context) (templ.Component, error) {
		c, err := stream.Prerender(content)(ctx)
		if err != nil {
			return nil, err
		}
		return lower(c), nil
	}
}

// TestWaitInView has a view that waits for boundaries within boundaries, since it
// copies them into a writer of its own, while others become ready.
func TestWaitInView(t *testing.T) {
	c := page(
		slot(after(100*ms, html("meanwhile"))),
		slot(copied(templ.Join(
			html("<u>"), waiting(50*ms, ""),
			slot(after(0, html("<b>"), slot(after(150*ms, html("copied"))), html("</b>"))),
			html("</u>"),
		))),
		slot(after(150*ms, slot(after(0, html("meanwhile, too"))))),
		slot(after(500*ms, html("later"))),
	)
	var tests []pageTest
	for _, mode := range []stream.Mode{stream.OutOfOrder, stream.InOrder, stream.Complete} {
		tests = append(tests, pageTest{name: mode.String(), rd: stream.Renderer{Mode: always(mode)}, page: c})
	}
	run(t, tests)
}
