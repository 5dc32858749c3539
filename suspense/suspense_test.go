package suspense_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
	"github.com/rivulet-go/rivulet/suspense/internal/pagetest"
)

const ms = time.Millisecond

var errBoom = errors.New("boom")

func html(s string) templ.Component { return templ.Raw(s) }

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
		{"Await shows its fallback and then its view", suspense.Await(html("dots"), pagetest.Value(100*ms, 42), number),
			[]string{`0s <?start name="1">dots<?end>`, `100ms <template for="1"><b>42</b></template><!/>`}, nil},
		{"Await may have no fallback", suspense.Await(nil, pagetest.Value(100*ms, 42), number),
			[]string{`0s <?start name="1"><?end>`, `100ms <template for="1"><b>42</b></template><!/>`}, nil},
		{"Await shows ErrorView when its load fails", suspense.Await(nil, func(ctx context.Context) (int, error) { return 0, errBoom }, number, sorry, suspense.Name("prices")),
			[]string{`0s sorry, prices`}, errBoom},
		{"Await shows ErrorView when its view panics", suspense.Await(nil, pagetest.Value(100*ms, 0), func(n int) templ.Component { return number(1 / n) }, sorry),
			[]string{`0s <?start name="1"><?end>`, `100ms <template for="1">sorry, </template><!/>`}, nil},
		{"Await shows ErrorView when its view is nil", suspense.Await(nil, pagetest.Value(0, 0), func(n int) templ.Component { return nil }, sorry),
			[]string{`0s sorry, `}, nil},
		{"Await shows ErrorView when its time has passed", suspense.Await(nil, pagetest.Value(time.Hour, 0), number, sorry, suspense.Timeout(100*ms)),
			[]string{`0s <?start name="1"><?end>`, `100ms <template for="1">sorry, </template><!/>`}, stream.ErrTimeout},
		{"the last option of a kind counts", suspense.Await(nil, pagetest.Value(time.Hour, 0), number, suspense.Timeout(time.Minute), sorry, suspense.Timeout(100*ms), suspense.Name("a"), suspense.Name("b")),
			[]string{`0s <?start name="1"><?end>`, `100ms <template for="1">sorry, b</template><!/>`}, stream.ErrTimeout},
		{"Suspense shows its fallback and then its children", pagetest.With(suspense.Suspense(html("dots")), pagetest.Slow(100*ms, "<b>42</b>")),
			[]string{`0s <?start name="1">dots<?end>`, `100ms <template for="1"><b>42</b></template><!/>`}, nil},
		{"Suspense without children is empty", suspense.Suspense(html("dots")), []string{}, nil},
		{"Suspense shows ErrorView when its children fail", pagetest.With(suspense.Suspense(nil, sorry), templ.ComponentFunc(func(context.Context, io.Writer) error { return errBoom })),
			[]string{`0s sorry, `}, errBoom},
		{"Suspense shows ErrorView when its time has passed", pagetest.With(suspense.Suspense(nil, sorry, suspense.Timeout(100*ms)), pagetest.Slow(time.Hour, "lost")),
			[]string{`0s <?start name="1"><?end>`, `100ms <template for="1">sorry, </template><!/>`}, stream.ErrTimeout},
		{"Suspense does not wait for an Await within", pagetest.With(suspense.Suspense(html("dots")), templ.Join(suspense.Await(html("dashes"), pagetest.Value(200*ms, 42), number), pagetest.Slow(100*ms, "text"))),
			[]string{`0s <?start name="1">dots<?end>`, `100ms <template for="1"><?start name="1.1">dashes<?end>text</template><!/>`, `200ms <template for="1.1"><b>42</b></template><!/>`}, nil},
		{"the children of a component around Suspense are its own", pagetest.With(pagetest.With(suspense.Suspense(nil), pagetest.Slow(100*ms, "inner")), html("outer")),
			[]string{`0s <?start name="1"><?end>`, `100ms <template for="1">inner</template><!/>`}, nil},
		{"Once is once for two Awaits", templ.Join(
			suspense.Await(nil, pagetest.Value(100*ms, 1), func(n int) templ.Component { return templ.Join(once, number(n)) }),
			suspense.Await(nil, pagetest.Value(200*ms, 2), func(n int) templ.Component { return templ.Join(once, number(n)) }),
		), []string{`0s <?start name="1"><?end><?start name="2"><?end>`, `100ms <template for="1">once <b>1</b></template><!/>`, `200ms <template for="2"><b>2</b></template><!/>`}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, failed := pagetest.Response(t, tt.c)
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
		{"Await without a view", "suspense: Await with a nil view", func() { suspense.Await(nil, pagetest.Value(0, ""), nil) }},
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
