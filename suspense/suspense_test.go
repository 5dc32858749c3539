package suspense_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

const ms = time.Millisecond

var errBoom = errors.New("boom")

func html(s string) templ.Component { return templ.Raw(s) }

// sleep waits for d like a load that obeys its context. It uses no channel of a
// timer: under the race detector those crash in a bubble of synctest now and
// then, https://github.com/golang/go/issues/78156.
func sleep(ctx context.Context, d time.Duration) error {
	timer, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-timer.Done()
	return ctx.Err()
}

// value is a load of v that takes d.
func value[T any](d time.Duration, v T) func(context.Context) (T, error) {
	return func(ctx context.Context) (T, error) { return v, sleep(ctx, d) }
}

// with renders c with children, as templ's @c() { children } does.
func with(c, children templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(templ.WithChildren(ctx, children), w)
	})
}

// slow is a component that takes d to render.
func slow(d time.Duration, s string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if err := sleep(ctx, d); err != nil {
			return err
		}
		_, err := io.WriteString(w, s)
		return err
	})
}

// timed is a ResponseWriter that puts a time before what it flushes.
type timed struct {
	start time.Time
	out   strings.Builder
	chunk strings.Builder
}

func (w *timed) Header() http.Header         { return make(http.Header) }
func (w *timed) WriteHeader(int)             {}
func (w *timed) Write(p []byte) (int, error) { return w.chunk.Write(p) }

func (w *timed) Flush() {
	if w.chunk.Len() > 0 {
		fmt.Fprintf(&w.out, "%v %s\n", time.Since(w.start).Round(time.Microsecond), w.chunk.String())
		w.chunk.Reset()
	}
}

// response returns what c sends and when, and the boundaries that failed.
func response(t *testing.T, c templ.Component) (sent string, failed []*stream.BoundaryError) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &timed{start: time.Now()}
		rd := stream.Renderer{Script: stream.NoScript(), Trace: &stream.Trace{
			Failed: func(_ context.Context, err *stream.BoundaryError) { failed = append(failed, err) },
		}}
		if err := rd.Render(w, httptest.NewRequest("GET", "/", nil), c); err != nil {
			t.Errorf("Render() = %v, want nil", err)
		}
		w.Flush()
		sent = w.out.String()
		time.Sleep(24 * time.Hour) // abandoned loads end
	})
	return sent, failed
}

func TestComponents(t *testing.T) {
	sorry := suspense.ErrorView(func(err *stream.BoundaryError) templ.Component { return html("sorry, " + err.Name) })
	number := func(n int) templ.Component { return html(fmt.Sprintf("<b>%d</b>", n)) }
	once := templ.NewOnceHandle(templ.WithComponent(html("once "))).Once()
	for _, tt := range []struct {
		name string
		c    templ.Component
		want []string
		err  error
	}{
		{"Await shows its fallback and then its view", suspense.Await(html("dots"), value(100*ms, 42), number),
			[]string{`0s <?start name="1">dots<?end>`, `100ms <template for="1"><b>42</b></template><!/>`}, nil},
		{"Await may have no fallback", suspense.Await(nil, value(100*ms, 42), number),
			[]string{`0s <?start name="1"><?end>`, `100ms <template for="1"><b>42</b></template><!/>`}, nil},
		{"Await shows ErrorView when its load fails", suspense.Await(nil, func(ctx context.Context) (int, error) { return 0, errBoom }, number, sorry, suspense.Name("prices")),
			[]string{`0s sorry, prices`}, errBoom},
		{"Await shows ErrorView when its view panics", suspense.Await(nil, value(100*ms, 0), func(n int) templ.Component { return number(1 / n) }, sorry),
			[]string{`0s <?start name="1"><?end>`, `100ms <template for="1">sorry, </template><!/>`}, nil},
		{"Await shows ErrorView when its view is nil", suspense.Await(nil, value(0, 0), func(n int) templ.Component { return nil }, sorry),
			[]string{`0s sorry, `}, nil},
		{"Await shows ErrorView when its time has passed", suspense.Await(nil, value(time.Hour, 0), number, sorry, suspense.Timeout(100*ms)),
			[]string{`0s <?start name="1"><?end>`, `100ms <template for="1">sorry, </template><!/>`}, stream.ErrTimeout},
		{"the last option of a kind counts", suspense.Await(nil, value(time.Hour, 0), number, suspense.Timeout(time.Minute), sorry, suspense.Timeout(100*ms), suspense.Name("a"), suspense.Name("b")),
			[]string{`0s <?start name="1"><?end>`, `100ms <template for="1">sorry, b</template><!/>`}, stream.ErrTimeout},
		{"Suspense shows its fallback and then its children", with(suspense.Suspense(html("dots")), slow(100*ms, "<b>42</b>")),
			[]string{`0s <?start name="1">dots<?end>`, `100ms <template for="1"><b>42</b></template><!/>`}, nil},
		{"Suspense without children is empty", suspense.Suspense(html("dots")), []string{}, nil},
		{"Suspense shows ErrorView when its children fail", with(suspense.Suspense(nil, sorry), templ.ComponentFunc(func(context.Context, io.Writer) error { return errBoom })),
			[]string{`0s sorry, `}, errBoom},
		{"Suspense shows ErrorView when its time has passed", with(suspense.Suspense(nil, sorry, suspense.Timeout(100*ms)), slow(time.Hour, "lost")),
			[]string{`0s <?start name="1"><?end>`, `100ms <template for="1">sorry, </template><!/>`}, stream.ErrTimeout},
		{"Suspense does not wait for an Await within", with(suspense.Suspense(html("dots")), templ.Join(suspense.Await(html("dashes"), value(200*ms, 42), number), slow(100*ms, "text"))),
			[]string{`0s <?start name="1">dots<?end>`, `100ms <template for="1"><?start name="1.1">dashes<?end>text</template><!/>`, `200ms <template for="1.1"><b>42</b></template><!/>`}, nil},
		{"the children of a component around Suspense are its own", with(with(suspense.Suspense(nil), slow(100*ms, "inner")), html("outer")),
			[]string{`0s <?start name="1"><?end>`, `100ms <template for="1">inner</template><!/>`}, nil},
		{"Once is once for two Awaits", templ.Join(
			suspense.Await(nil, value(100*ms, 1), func(n int) templ.Component { return templ.Join(once, number(n)) }),
			suspense.Await(nil, value(200*ms, 2), func(n int) templ.Component { return templ.Join(once, number(n)) }),
		), []string{`0s <?start name="1"><?end><?start name="2"><?end>`, `100ms <template for="1">once <b>1</b></template><!/>`, `200ms <template for="2"><b>2</b></template><!/>`}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, failed := response(t, tt.c)
			if want := strings.Join(append(tt.want, ""), "\n"); got != want {
				t.Errorf("response:\n%s\nwant:\n%s", got, want)
			}
			if tt.err != nil && (len(failed) != 1 || !errors.Is(failed[0], tt.err)) {
				t.Errorf("failed = %v, want one that matches %v", failed, tt.err)
			}
		})
	}
}

func TestMisuse(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		f          func()
	}{
		{"Await without a load", "suspense: Await with a nil load", func() { suspense.Await(nil, nil, html) }},
		{"Text without a sequence", "suspense: Text with a nil sequence", func() { suspense.Text(nil, nil) }},
		{"Each without a sequence", "suspense: Each with a nil sequence", func() { suspense.Each(nil, nil, html) }},
		{"Each without a view", "suspense: Each with a nil view", func() { suspense.Each(nil, each(0, nil, ""), nil) }},
		{"Await without a view", "suspense: Await with a nil view", func() { suspense.Await(nil, value(0, ""), nil) }},
	} {
		t.Run(tt.name+" panics", func(t *testing.T) {
			defer func() {
				if got := recover(); got != tt.want {
					t.Errorf("panic(%v), want %q", got, tt.want)
				}
			}()
			tt.f()
		})
	}
}
