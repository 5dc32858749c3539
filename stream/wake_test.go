package stream_test

import (
	"testing"

	"github.com/a-h/templ"
)

// TestNothingIsOverslept has boundaries that become ready while the response waits
// for another one, in the middle of a chunk.
func TestNothingIsOverslept(t *testing.T) {
	title := func(c templ.Component) templ.Component { return templ.Join(html("<textarea>"), c, html("</textarea>")) }
	run(t, []pageTest{
		{name: "while a chunk waits in place", page: page(
			slot(after(50*ms, title(slot(after(150*ms, html("in place")))))),
			slot(after(100*ms, html("meanwhile"))),
		)},
		{name: "while several do", page: page(
			slot(after(50*ms, title(slot(after(150*ms, title(slot(after(150*ms, html("in place"))))))))),
			slot(after(100*ms, html("meanwhile"))),
			slot(after(250*ms, html("meanwhile, too"))),
			slot(after(500*ms, html("later"))),
		)},
		{name: "while the shell does", page: page(
			slot(after(100*ms, html("meanwhile"))), templ.Flush(),
			title(slot(after(150*ms, html("in place")))),
			slot(after(50*ms, html("meanwhile, too"))),
			slot(after(500*ms, html("later"))),
		)},
	})
}
