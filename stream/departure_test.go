package stream_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

func TestDepartures(t *testing.T) {
	c := page(
		slot(after(100*ms, html("<u>1"), slot(after(100*ms, html("2"))), html("</u>"))),
		slot(stubborn(500*ms, html("3"))),
	)
	complete, inOrder := stream.Renderer{Mode: always(stream.Complete)}, stream.Renderer{Mode: always(stream.InOrder)}
	long := page(slot(after(time.Hour)), waiting(100*ms, "shell"))
	run(t, []pageTest{
		{name: "after the shell", page: c, leave: 50 * ms},
		{name: "after the first chunk", page: c, leave: 150 * ms},
		{name: "after all chunks but one", page: c, leave: 300 * ms},
		{name: "after the page", page: c, leave: time.Hour},
		{name: "while the shell is rendered", page: long, leave: 50 * ms},
		{name: "while the shell is rendered by what does not listen", page: page(slot(after(time.Hour)), half("shell", func() error { time.Sleep(100 * ms); return nil })), leave: 50 * ms},
		{name: "while a view is rendered", page: page(slot(after(100*ms, waiting(100*ms, "lost"))), slot(after(time.Hour))), leave: 150 * ms},
		{name: "in order", rd: inOrder, page: c, leave: 50 * ms},
		{name: "complete", rd: complete, page: c, leave: 50 * ms},
		{name: "a load that never ends is abandoned", page: page(at(stream.Boundary{Timeout: time.Second, Load: stubborn(time.Hour, nil)})), leave: 50 * ms},
	})
}

func TestRequestDeadlines(t *testing.T) {
	c := page(slot(after(50*ms, html("1"))), slot(after(200*ms, html("2"))), slot(stubborn(time.Hour, html("3"))))
	run(t, []pageTest{
		{name: "what is pending fails and the page ends well", page: c, deadline: 100 * ms},
		{name: "in order", rd: stream.Renderer{Mode: always(stream.InOrder)}, page: c, deadline: 100 * ms},
		{name: "complete", rd: stream.Renderer{Mode: always(stream.Complete)}, page: c, deadline: 100 * ms},
		{name: "a boundary's longer timeout does not matter", page: page(at(stream.Boundary{Timeout: time.Hour, Load: after(time.Hour)})), deadline: 100 * ms},
		{name: "a boundary's shorter timeout does", page: page(at(stream.Boundary{Timeout: 70 * ms, Load: after(time.Hour)})), deadline: 100 * ms},
		{name: "the renderer's shorter timeout does", rd: stream.Renderer{Timeout: 70 * ms}, page: c, deadline: 100 * ms},
		{name: "while the shell is rendered", page: page(slot(after(time.Hour)), half("shell", func() error { time.Sleep(200 * ms); return nil })), deadline: 100 * ms},
		{name: "error views are rendered after it", deadline: 100 * ms, page: page(at(stream.Boundary{Load: after(time.Hour), ErrorView: func(*stream.BoundaryError) templ.Component {
			return waiting(50*ms, "sorry")
		}}))},
		{name: "their boundaries fail", deadline: 100 * ms, page: page(at(stream.Boundary{Load: after(time.Hour), ErrorView: func(*stream.BoundaryError) templ.Component {
			return slot(after(50*ms, html("lost")))
		}}))},
	})
}

// TestDepartureInErrorView has a client that leaves while a boundary within an error
// view loads. That is no failure of the error view.
func TestDepartureInErrorView(t *testing.T) {
	for _, mode := range []stream.Mode{stream.OutOfOrder, stream.InOrder, stream.Complete} {
		t.Run(mode.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				time.AfterFunc(100*ms, cancel)
				var failed []error
				rd := stream.Renderer{Mode: always(mode), Trace: &stream.Trace{Failed: func(_ context.Context, err *stream.BoundaryError) { failed = append(failed, err.Err) }}}
				err := rd.Render(newRecorder(), httptest.NewRequest("GET", "/", nil).WithContext(ctx), page(at(stream.Boundary{
					Load:      failing(0, errBoom),
					ErrorView: func(*stream.BoundaryError) templ.Component { return slot(after(time.Hour)) },
				})))
				if !errors.Is(err, context.Canceled) || len(failed) != 1 || failed[0] != errBoom {
					t.Errorf("Render() = %v and %v failed, want that the client has left and %v", err, failed, errBoom)
				}
			})
		})
	}
}

// TestDepartureErrors is about the errors that callers branch on.
func TestDepartureErrors(t *testing.T) {
	errShutdown := errors.New("shutdown")
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(50*ms, func() { cancel(errShutdown) })
		var ended []error
		err := stream.Render(newRecorder(), httptest.NewRequest("GET", "/", nil).WithContext(ctx), page(
			slot(func(ctx context.Context) (templ.Component, error) {
				<-ctx.Done()
				ended = append(ended, ctx.Err(), context.Cause(ctx))
				return nil, ctx.Err()
			}),
		))
		for _, want := range []error{context.Canceled, errShutdown} {
			if !errors.Is(err, want) {
				t.Errorf("Render() = %v, want an error that matches %v", err, want)
			}
		}
		if len(ended) != 2 || ended[0] != context.Canceled || ended[1] != errShutdown {
			t.Errorf("the load's context ended with %v, want %v", ended, []error{context.Canceled, errShutdown})
		}
	})
}

// TestBrokenPipes has a connection that breaks without a word.
func TestBrokenPipes(t *testing.T) {
	errPipe := errors.New("broken pipe")
	for _, tt := range []struct {
		name   string
		breaks time.Duration
		ends   time.Duration
	}{
		{"before the shell", 0, 0},
		{"before a chunk", 50 * ms, 100 * ms},
		{"before the last", 150 * ms, 200 * ms},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rec := newRecorder()
				rec.Fail = nil
				if tt.breaks == 0 {
					rec.Fail = errPipe
				}
				time.AfterFunc(tt.breaks, func() {
					rec.Lock()
					defer rec.Unlock()
					rec.Fail = errPipe
				})
				err := stream.Render(rec, httptest.NewRequest("GET", "/", nil), page(
					slot(after(100*ms, html("1"))), slot(after(200*ms, html("2"))), at(stream.Boundary{Timeout: time.Hour, Load: after(200 * ms)}),
				))
				if !errors.Is(err, errPipe) {
					t.Errorf("Render() = %v, want an error that matches %v", err, errPipe)
				}
				if errors.Is(err, stream.ErrShell) {
					t.Errorf("Render() = %v, which matches ErrShell, although a write was tried", err)
				}
				if got := time.Since(rec.Start).Round(time.Microsecond); got != tt.ends {
					t.Errorf("Render() returned at %v, want %v", got, tt.ends)
				}
			})
		})
	}
}

// The client of a request with a deadline may have left before the first boundary
// is met.
func TestDepartureBeforeDeadline(t *testing.T) {
	for range 100 {
		ctx, leave := context.WithTimeout(t.Context(), time.Hour)
		leave()
		r := httptest.NewRequest("GET", "/", nil).WithContext(ctx)
		if err := stream.Render(httptest.NewRecorder(), r, page(slot(after(0)))); !errors.Is(err, context.Canceled) {
			t.Fatalf("Render() = %v, want %v", err, context.Canceled)
		}
	}
}

// A silentDeadline is a context of some middleware. It does not say when it ends.
type silentDeadline struct{ context.Context }

func (silentDeadline) Deadline() (time.Time, bool) { return time.Time{}, false }
func (silentDeadline) Value(any) any               { return nil }

// A page ends well at a deadline that its request does not tell.
func TestSilentDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*ms)
		defer cancel()
		r := httptest.NewRequest("GET", "/", nil).WithContext(silentDeadline{ctx})
		w := httptest.NewRecorder()
		rd := stream.Renderer{Trace: &quiet}
		if err := rd.Render(w, r, page(slot(after(200*ms, html("late"))))); err != nil {
			t.Errorf("Render() = %v", err)
		}
		if body := w.Body.String(); !strings.HasSuffix(body, "</body>") || !strings.Contains(body, "late") {
			t.Errorf("the page is %q", body)
		}
	})
}
