package stream_test

import (
	"context"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

// upper is a component that gives c a writer of its own.
func upper(c templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		var b strings.Builder
		if err := c.Render(ctx, &b); err != nil {
			return err
		}
		_, err := io.WriteString(w, strings.ToUpper(b.String()))
		return err
	})
}

func TestForeignWriters(t *testing.T) {
	sibling := slot(after(300*ms, html("sibling")))
	timed := func(l load) templ.Component {
		return at(stream.Boundary{Name: "prices", Timeout: 100 * ms, Load: l})
	}
	run(t, []pageTest{
		{name: "a boundary within loads in place", page: page(sibling, upper(slot(after(100*ms, html("<b>1</b>")))))},
		{name: "so do those within it", page: page(upper(slot(after(100*ms, slot(after(100*ms, html("<b>1</b>")))))))},
		{name: "its failure has a view", page: page(sibling, upper(slot(failing(100*ms, errBoom))))},
		{name: "its panic has a view", page: page(sibling, upper(slot(panicking(100*ms, "boom"))))},
		{name: "its timeout has a view", page: page(sibling, upper(timed(stubborn(time.Hour, html("lost")))))},
		{name: "the renderer's timeout applies", rd: stream.Renderer{Timeout: 200 * ms}, page: page(sibling, upper(slot(stubborn(time.Hour, html("lost")))))},
		{name: "a view that fails half-way", page: page(sibling, upper(slot(after(0, half("lost", func() error { return errBoom })))))},
		{name: "a view that panics half-way", page: page(sibling, upper(slot(after(0, half("lost", func() error { panic("boom") })))))},
		{name: "a fallback with one", page: page(at(stream.Boundary{Fallback: upper(slot(after(0, html("lost")))), Load: after(100*ms, html("1"))}))},
		{name: "in a view", page: page(slot(after(100*ms, upper(slot(after(100*ms, html("<b>1</b>")))))), sibling)},
		{name: "in a Suspense's children", page: page(slot(stream.Prerender(upper(slot(after(100*ms, html("<b>1</b>")))))), sibling)},
		{name: "a Suspense within", page: page(upper(slot(stream.Prerender(templ.Join(html("<u>"), slot(after(100*ms, html("1"))), html("</u>"))))), sibling)},
		{name: "around a Suspense's children", page: page(slot(after(0, upper(slot(stream.Prerender(slot(after(100*ms, html("<b>1</b>")))))))), sibling)},
		{name: "Limit does not count it", rd: stream.Renderer{Limit: 1}, page: page(slot(stream.Prerender(upper(slot(after(100*ms, html("1")))))))},
		{name: "what failed there makes a complete page a 500", rd: stream.Renderer{Mode: always(stream.Complete)}, page: page(upper(slot(failing(100*ms, errBoom))))},
		{name: "what failed there with a view of its own does not for htmx", rd: stream.Renderer{Mode: always(stream.Complete)}, request: htmx,
			page: page(upper(at(stream.Boundary{Load: failing(100*ms, errBoom), ErrorView: view("sorry")})))},
		{name: "the client leaves", page: page(upper(slot(after(time.Hour)))), leave: 100 * ms},
		{name: "the request's deadline passes", page: page(upper(slot(after(time.Hour))), sibling), deadline: 100 * ms},
	})
}

func TestOutsideAResponse(t *testing.T) {
	for _, tt := range []struct {
		name string
		c    templ.Component
		want string
		took time.Duration
	}{
		{"it loads in place", slot(after(100*ms, html("1"))), "1", 100 * ms},
		{"so does what is nested", slot(after(100*ms, html("<u>"), slot(after(50*ms, html("1"))), html("</u>"))), "<u>1</u>", 150 * ms},
		{"a Suspense", with(suspense.Suspense(html("dots")), waiting(100*ms, "1")), "1", 100 * ms},
		{"a Suspense in a Suspense", with(suspense.Suspense(nil), templ.Join(html("<u>"), with(suspense.Suspense(nil), waiting(100*ms, "1")), html("</u>"))), "<u>1</u>", 100 * ms},
		{"a failure has a view", at(stream.Boundary{Load: failing(100*ms, errBoom), ErrorView: view("sorry")}), "sorry", 100 * ms},
		{"a failure without one has the built-in", at(stream.Boundary{Load: failing(100*ms, errBoom)}), `<span role="alert">This part could not be loaded (DIGEST).</span>`, 100 * ms},
		{"a timeout of its own holds", at(stream.Boundary{Timeout: 100 * ms, Load: stubborn(time.Hour, nil), ErrorView: view("late")}), "late", 100 * ms},
		{"there is no other", slot(after(time.Hour, html("1"))), "1", time.Hour},
		{"a load that ends its goroutine", at(stream.Boundary{Load: goexit(100 * ms), ErrorView: view("sorry")}), "sorry", 100 * ms},
		{"a fallback is not rendered", at(stream.Boundary{Fallback: half("", func() error { panic("boom") }), Load: after(0, html("1"))}), "1", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				var b strings.Builder
				if err := tt.c.Render(t.Context(), &b); err != nil {
					t.Errorf("Render() = %v, want nil", err)
				}
				if got := mask(b.String()); got != tt.want {
					t.Errorf("Render() wrote %q, want %q", got, tt.want)
				}
				if got := time.Since(start); got != tt.took {
					t.Errorf("Render() took %v, want %v", got, tt.took)
				}
				time.Sleep(24 * time.Hour) // abandoned loads end
			})
		})
	}
	t.Run("templ.Handler sends a whole page", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			rec := newRecorder()
			rec.end(func() error {
				templ.Handler(page(slot(after(100*ms, html("1"))))).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
				return nil
			})
			if got, want := rec.String(), "100ms  <body>1</body>\n100ms  -- end\n"; got != want {
				t.Errorf("response:\n%s\nwant:\n%s", got, want)
			}
		})
	})
	t.Run("the context's end is returned", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 100*ms)
			defer cancel()
			err := slot(after(time.Hour)).Render(ctx, io.Discard)
			if err != context.DeadlineExceeded {
				t.Errorf("Render() = %v, want %v", err, context.DeadlineExceeded)
			}
		})
	})
}
