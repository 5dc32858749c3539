package stream_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// due shows in seconds when the page's last load ends at the latest.
var due = templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
	text := "for ever"
	if t, ok := stream.Deadline(ctx); ok {
		text = time.Until(t).String()
	}
	_, err := io.WriteString(w, "due: "+text)
	return err
})

// whilePending is a WhilePending that shows the deadline.
var whilePending = stream.WhilePending(due)

func TestWhilePending(t *testing.T) {
	words := func(yield func(templ.Component, error) bool) {
		for _, s := range []string{"one ", "two"} {
			time.Sleep(50 * ms)
			if !yield(stream.Text(s), nil) {
				return
			}
		}
	}
	text := at(stream.Boundary{Pieces: func(context.Context) iter.Seq2[templ.Component, error] { return words }})
	within := func(d, timeout time.Duration, c ...templ.Component) templ.Component {
		return at(stream.Boundary{Fallback: html("dots"), Timeout: timeout, Load: after(d, c...)})
	}
	upperCase := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		var b strings.Builder
		if err := whilePending.Render(ctx, &b); err != nil {
			return err
		}
		_, err := io.WriteString(w, strings.ToUpper(b.String()))
		return err
	})
	short := stream.Renderer{Timeout: time.Second}
	run(t, []pageTest{
		{name: "goes with the last chunk", page: page(whilePending, slot(after(100*ms, html("1"))), slot(after(200*ms, html("2"))))},
		{name: "whatever it stands behind", page: page(slot(after(100*ms, html("1"))), slot(after(200*ms, html("2"))), whilePending)},
		{name: "goes with the last of a boundary within another", page: page(whilePending, slot(after(100*ms, html("1"), slot(after(100*ms, html("2"))))))},
		{name: "goes with the last piece", page: page(whilePending, text)},
		{name: "goes with an error view", page: page(whilePending, slot(failing(100*ms, errBoom)))},
		{name: "goes with what has run out of time", rd: short, page: page(whilePending, slot(stubborn(time.Hour, nil)))},
		{name: "is nowhere on a page on which nothing is pending", page: page(whilePending, slot(after(0, html("1"), slot(after(0, html("2"))))))},
		{name: "nor on one without boundaries", page: page(whilePending, html("1"))},
		{name: "nor within what is ready when the shell leaves", page: page(slot(after(0, html("1"), whilePending)))},
		{name: "stands within a view while others are pending", page: page(slot(after(100*ms, html("1"), whilePending)), slot(after(200*ms, html("2"))))},
		{name: "and is nowhere within the last", page: page(slot(after(100*ms, html("1"), whilePending)))},
		{name: "stands in what a load has rendered", page: page(slot(stream.Prerender(templ.Join(whilePending, waiting(100*ms, "1")))), slot(after(200*ms, html("2"))))},
		{name: "two go together", page: page(whilePending, slot(after(100*ms, whilePending, html("1"))), slot(after(200*ms, html("2"))))},
		{name: "is part of a fallback", page: page(at(stream.Boundary{Fallback: whilePending, Load: after(100*ms, html("1"))}))},
		{name: "is flushed before it is known what follows", page: page(whilePending, templ.Flush(), html("1"))},
		{name: "and goes with what follows", page: page(whilePending, templ.Flush(), html("1"), slot(after(100*ms, html("2"))))},
		{name: "and with what is flushed twice", page: page(templ.Flush(), whilePending, templ.Flush(), slot(after(100*ms, html("1"))), templ.Flush())},
		{name: "holds no slot", rd: stream.Renderer{Limit: 1}, page: page(whilePending, slot(after(100*ms, html("1"))), whilePending)},
		{name: "does not hold up what waits for loads that are nearly done", rd: stream.Renderer{Grace: time.Second}, page: page(whilePending, slot(after(100*ms, html("1"))))},
		{name: "is nowhere in order", rd: stream.Renderer{Mode: always(stream.InOrder)}, page: page(whilePending, slot(after(100*ms, html("1"), whilePending)))},
		{name: "is nowhere in a complete page", rd: stream.Renderer{Mode: always(stream.Complete)}, page: page(whilePending, slot(after(100*ms, html("1"), whilePending)))},
		{name: "is nowhere in a writer of some component's own", page: page(upperCase, slot(after(100*ms, html("1"))))},
		{name: "nor where that takes what a load has rendered", page: page(slot(after(100*ms, upper(slot(stream.Prerender(whilePending))))), slot(after(200*ms, html("2"))))},
		{name: "is not what an answer to HEAD is about", request: head, page: page(whilePending, slot(after(100*ms, html("1"))))},
		{name: "stays when the client has left", leave: 50 * ms, page: page(whilePending, slot(after(100*ms, html("1"))))},
		{name: "has a fallback's failure", page: page(stream.WhilePending(half("half", func() error { return errBoom })), slot(after(100*ms, html("1"))))},
		{name: "may be of nothing", page: page(stream.WhilePending(nil), slot(after(100*ms, html("1"))))},

		{name: "is told the renderer's timeout", rd: short, page: page(slot(after(500*ms, whilePending)), slot(after(600*ms, html("1"))))},
		{name: "is told a longer one of a boundary's own", rd: short, page: page(whilePending, within(2*time.Second, time.Minute, html("1")))},
		{name: "is told that of the request if the renderer has none", rd: stream.Renderer{Timeout: -1}, deadline: time.Minute, page: page(whilePending, within(ms, time.Second, html("1")))},
		{name: "is told that of the request", deadline: 500 * ms, page: page(whilePending, within(ms, time.Minute, html("1")))},
		{name: "is told of no end", rd: stream.Renderer{Timeout: -1}, page: page(whilePending, within(ms, time.Minute, html("1")))},
		{name: "is sent again when a view has a boundary of more time", rd: short, page: page(whilePending, slot(after(500*ms, html("1"), within(2*time.Second, time.Minute, html("2")))))},
		{name: "is sent again when the shell has one after a flush", rd: short, page: page(whilePending, templ.Flush(), within(2*time.Second, time.Minute, html("2")))},
		{name: "is sent again when one of several was told too little", rd: short, page: page(whilePending, slot(after(500*ms, whilePending, within(2*time.Second, time.Minute, html("2")))))},
		{name: "is not sent again for less time", rd: short, page: page(whilePending, slot(after(500*ms, html("1"), within(100*ms, 200*ms, html("2")))))},
	})
}

func TestWhilePendingOutsideOfAResponse(t *testing.T) {
	var b strings.Builder
	if err := whilePending.Render(t.Context(), &b); err != nil || b.Len() > 0 {
		t.Errorf("Render() = %v and %q, want nothing", err, b.String())
	}
	if d, ok := stream.Deadline(t.Context()); ok {
		t.Errorf("Deadline() = %v, want none", d)
	}
}

// TestWhilePendingTellsNoTrace holds that a notice is no boundary for a Trace: it
// loads nothing.
func TestWhilePendingTellsNoTrace(t *testing.T) {
	for _, mode := range []stream.Mode{stream.OutOfOrder, stream.InOrder, stream.Complete} {
		synctest.Test(t, func(t *testing.T) {
			var told []string
			tell := func(what string) func(context.Context, stream.BoundaryInfo) {
				return func(_ context.Context, b stream.BoundaryInfo) {
					if b.Name != "1" {
						told = append(told, what)
					}
				}
			}
			rd := stream.Renderer{Mode: always(mode), Trace: &stream.Trace{
				Met:     tell("met"),
				Loading: func(ctx context.Context, b stream.BoundaryInfo) context.Context { tell("loading")(ctx, b); return ctx },
				Sent:    func(ctx context.Context, b stream.BoundaryInfo, _ int, _ bool) { tell("sent")(ctx, b) },
			}}
			one := at(stream.Boundary{Name: "1", Load: stream.Prerender(templ.Join(whilePending, waiting(100*ms, "1")))})
			if err := rd.Render(newRecorder(), httptest.NewRequest("GET", "/", nil), page(whilePending, one, upper(one))); err != nil {
				t.Fatal(err)
			}
			if len(told) > 0 {
				t.Errorf("%v: a Trace was told of a notice: %q", mode, told)
			}
		})
	}
}

// TestWhilePendingOfACutPage cuts a page at every byte: unless all of it has
// come, the notice is there as soon as a fallback can be.
func TestWhilePendingOfACutPage(t *testing.T) {
	notice := stream.WhilePending(html("notice"))
	c := page(notice, slot(after(100*ms, html("1"), slot(after(200*ms, html("2"))))), slot(after(150*ms, html("3"))))
	for _, flush := range []bool{false, true} {
		if flush {
			c = page(html("<h1>"), notice, templ.Flush(), c)
		}
		var whole string
		synctest.Test(t, func(t *testing.T) {
			rec := newWireLog()
			if err := stream.Render(rec, httptest.NewRequest("GET", "/", nil), c); err != nil {
				t.Fatal(err)
			}
			whole = rec.body()
		})
		for n := range len(whole) {
			synctest.Test(t, func(t *testing.T) {
				w := cutWriter{wireLog: newWireLog(), after: n}
				if err := stream.Render(&w, httptest.NewRequest("GET", "/", nil), c); err == nil {
					t.Errorf("Render() = nil after %d bytes of %d", n, len(whole))
				}
				checkCut(t, whole[:n])
			})
		}
	}
}

// checkCut looks for a fallback that stays for ever and no notice in what has
// come of a page.
func checkCut(t *testing.T, got string) {
	t.Helper()
	var c wireClient
	// What is not whole is not there, for the runtime.
	end := strings.LastIndex(got, chunkStart)
	if end < 0 || strings.Contains(got[end:], chunkEnd) {
		end = len(got)
	}
	if end == len(got) && !strings.Contains(got, chunkStart) {
		c.doc = got
	} else if err := c.receive(got[:end]); err != nil {
		t.Fatalf("%v; the page is %q", err, got)
	}
	if strings.Contains(c.doc, "dots") && !strings.Contains(c.doc, "notice") {
		t.Errorf("after %d bytes there is a fallback and no notice: %q", len(got), got)
	}
}

func head(r *http.Request) *http.Request {
	r.Method = http.MethodHead
	return r
}

// BenchmarkWhilePending is of a page without boundaries: what a layout with a
// WhilePending costs it.
func BenchmarkWhilePending(b *testing.B) {
	for _, with := range []bool{false, true} {
		b.Run(fmt.Sprint(with), func(b *testing.B) {
			b.ReportAllocs()
			c := page(html(strings.Repeat("text ", 2000)))
			if with {
				c = page(whilePending, html(strings.Repeat("text ", 2000)))
			}
			r := httptest.NewRequest("GET", "/", nil)
			for b.Loop() {
				if err := stream.Render(&discard{http.Header{}}, r, c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
