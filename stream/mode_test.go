package stream_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

func always(m stream.Mode) func(*http.Request) stream.Mode {
	return func(*http.Request) stream.Mode { return m }
}

func TestModes(t *testing.T) {
	nested := page(
		slot(after(300*ms, html("<u>1"), slot(after(100*ms, html("<i>2</i>"))), html("</u>"))),
		html("<hr>"), slot(after(100*ms, html("3"))),
	)
	failed := page(slot(failing(100*ms, errBoom)))
	excused := page(at(stream.Boundary{Load: failing(100*ms, errBoom), ErrorView: view("sorry")}))
	inOrder, complete := stream.Renderer{Mode: always(stream.InOrder)}, stream.Renderer{Mode: always(stream.Complete)}
	run(t, []pageTest{
		{name: "out of order", page: nested},
		{name: "in order", rd: inOrder, page: nested},
		{name: "complete", rd: complete, page: nested},
		{name: "out of order, ready at once", page: page(slot(after(0, html("1"))))},
		{name: "in order, ready at once", rd: inOrder, page: page(slot(after(0, html("1"))))},
		{name: "complete, ready at once", rd: complete, page: page(slot(after(0, html("1"))))},
		{name: "in order a page that starts with a boundary sends nothing before it", rd: inOrder, page: slot(after(100*ms, html("1")))},
		{name: "a failure in a complete page is a 500", rd: complete, page: failed},
		{name: "a failure with a view of its own is one, too", rd: complete, page: excused},
		{name: "a failure with a view of its own is not for htmx, which shows no answer with an error", rd: complete, page: excused, request: htmx},
		{name: "a failure in order stays a 200", rd: inOrder, page: failed},
		{name: "a writer that cannot flush gets a complete page", page: nested, whole: true},
		{name: "a failure for a writer that cannot flush is a 500", page: failed, whole: true},
	})
}

func TestModeString(t *testing.T) {
	for m, want := range map[stream.Mode]string{
		stream.OutOfOrder: "out of order", stream.InOrder: "in order", stream.Complete: "complete", stream.Multipart: "multipart", 4: "unknown",
	} {
		if got := m.String(); got != want {
			t.Errorf("Mode(%d).String() = %q, want %q", m, got, want)
		}
	}
}

func TestHead(t *testing.T) {
	started := false
	c := page(slot(func(ctx context.Context) (templ.Component, error) {
		started = true
		return html("1"), nil
	}))
	synctest.Test(t, func(t *testing.T) {
		rec := newRecorder()
		if err := stream.Render(rec, httptest.NewRequest("HEAD", "/", nil), c); err != nil {
			t.Errorf("Render() = %v, want nil", err)
		}
		synctest.Wait()
		if started {
			t.Error("the load was started")
		}
		if got := len(rec.Unflushed); got > 0 {
			t.Errorf("%d writes, want none", got)
		}
		if got, want := rec.Header().Get("Content-Type"), "text/html; charset=utf-8"; got != want {
			t.Errorf("Content-Type = %q, want %q", got, want)
		}
	})
}

// htmx makes r a request of htmx.
func htmx(r *http.Request) *http.Request {
	r.Header.Set("HX-Request", "true")
	return r
}
