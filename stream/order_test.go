package stream_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

func TestOrder(t *testing.T) {
	var ten []templ.Component
	for i := range 10 {
		ten = append(ten, slot(after(time.Duration(10-i)*100*ms, html(fmt.Sprintf("<b>%d</b>", i+1)))))
	}
	parallel := func(outer, inner, innermost time.Duration) templ.Component {
		return slot(stream.Prerender(templ.Join(
			html("<u>"), slot(stream.Prerender(templ.Join(
				html("<i>"), slot(after(innermost, html("3"))), waiting(inner, "2</i>"),
			))), waiting(outer, "1</u>"),
		)))
	}
	run(t, []pageTest{
		{name: "one boundary", page: page(slot(after(500*ms, html("<b>Ada</b>"))))},
		{name: "a boundary without a fallback", page: page(at(stream.Boundary{Load: after(500*ms, html("<b>Ada</b>"))}))},
		{name: "the first to be ready is sent first", page: page(ten...)},
		{name: "what is ready at once is in place", page: page(
			slot(after(0, html("<b>0</b>"))), slot(after(100*ms, html("<b>1</b>"))), slot(after(0, html("<b>2</b>"))),
		)},
		{name: "a page with nothing pending has no script", page: page(slot(after(0, html("<b>0</b>"))))},
		{name: "a page without boundaries", page: page(html("<b>Ada</b>"))},
		{name: "what is ready together leaves together, in the page's order", page: page(
			slot(after(200*ms, html("1"))), slot(after(100*ms, html("2"))), slot(after(200*ms, html("3"))), slot(after(100*ms, html("4"))),
		)},
		{name: "a view's boundaries start when it is rendered", page: page(
			slot(after(100*ms, html("<u>1"), slot(after(100*ms, html("<i>2"), slot(after(100*ms, html("3"))), html("</i>"))), html("</u>"))),
		)},
		{name: "a view's boundary that is ready at once is in place", page: page(
			slot(after(100*ms, html("<u>1"), slot(after(0, html("<i>2</i>"))), html("</u>"))),
		)},
		{name: "children slower than their parents follow them", page: page(parallel(100*ms, 200*ms, 300*ms))},
		{name: "children faster than their parents are kept and stand in place", page: page(parallel(300*ms, 200*ms, 100*ms))},
		{name: "a child faster than its parent, which is slower than its own", page: page(parallel(200*ms, 300*ms, 100*ms))},
	})
}

func TestGrace(t *testing.T) {
	rd := stream.Renderer{Grace: 50 * ms}
	run(t, []pageTest{
		{name: "the shell waits no longer than needed", rd: rd, page: page(slot(after(20*ms, html("1"))), slot(after(30*ms, html("2"))))},
		{name: "the shell waits no longer than the grace", rd: rd, page: page(slot(after(20*ms, html("1"))), slot(after(80*ms, html("2"))))},
		{name: "what fails within the grace is in place", rd: rd, page: page(slot(failing(20*ms, errBoom)))},
		{name: "a view's boundaries get no grace", rd: rd, page: page(slot(after(20*ms, html("1"), slot(after(20*ms, html("2"))))))},
		{name: "the client leaves within the grace", rd: rd, page: page(slot(after(80*ms, html("2")))), leave: 10 * ms},
		{name: "no grace in order", rd: stream.Renderer{Grace: 50 * ms, Mode: always(stream.InOrder)}, page: page(slot(after(20*ms, html("1"))))},
	})
}
