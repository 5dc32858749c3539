package stream_test

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// into is a view that renders the content that it was prerendered from into a
// buffer of its own, and shows what change makes of that.
func into(content templ.Component, change func([]byte) []byte) load {
	return func(ctx context.Context) (templ.Component, error) {
		v, err := stream.Prerender(content)(ctx)
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			var buf bytes.Buffer
			if err := v.Render(ctx, &buf); err != nil {
				return err
			}
			_, err := w.Write(change(buf.Bytes()))
			return err
		}), err
	}
}

// TestIntoOwnWriter has views that wait for boundaries in their midst, while other
// boundaries of the page become ready.
func TestIntoOwnWriter(t *testing.T) {
	within := templ.Join(html("{"), slot(after(0, html("("), slot(after(100*ms, html("yyy"))), html(")"))), html("}"))
	short := func([]byte) []byte { return []byte("short") }
	var tests []pageTest
	for _, mode := range []stream.Mode{stream.OutOfOrder, stream.InOrder, stream.Complete} {
		rd := stream.Renderer{Mode: always(mode)}
		tests = append(tests,
			pageTest{name: "behind one that takes longer, " + mode.String(), rd: rd,
				page: page(slot(after(50*ms, html("AAA"))), html("<i>"), slot(into(within, bytes.ToUpper)), html("</i>"))},
			pageTest{name: "and shows less, " + mode.String(), rd: rd,
				page: page(slot(after(150*ms, html("AAA"))), html("<i>"), slot(into(within, short)), html("</i>"))},
			pageTest{name: "several, " + mode.String(), rd: rd,
				page: page(slot(into(within, bytes.ToUpper)), slot(after(150*ms, slot(after(50*ms, html("AAA"))))), slot(into(within, bytes.ToUpper)))},
		)
	}
	run(t, tests)
}
