package browsertest_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/stream"
)

// raw is a page of strings of HTML and components.
type raw []any

func (p raw) Render(ctx context.Context, w io.Writer) error {
	for _, part := range p {
		c, ok := part.(templ.Component)
		if !ok {
			c = templ.Raw(part.(string))
		}
		if err := c.Render(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

// late is a boundary whose view is that HTML behind the gate of its name.
func late(name, fallback, view string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return stream.Boundary{
			Name:     name,
			Fallback: templ.Raw(fallback),
			Load: func(ctx context.Context) (templ.Component, error) {
				_, err := browsertest.Gate(name)(ctx)
				return templ.Raw(view), err
			},
		}.Render(ctx, w)
	})
}

// open begins a document.
var open = raw{`<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>under test</title>`, browsertest.Probe(), "</head><body>"}

// remains is a page that keeps a fallback, of which stream warns. The loads first
// end before the others.
func remains(name string, page raw, first ...string) browsertest.Scenario {
	return browsertest.Scenario{
		Name:    name,
		Where:   browsertest.Scripted,
		Page:    page,
		Watch:   map[string]string{"late": "#all .late", "dots": "#all .dots"},
		AtFault: true,
		Run: func(t *testing.T, v *browsertest.Visit) {
			v.Wait("dots")
			for _, gate := range first {
				v.Open(gate)
				v.WaitLoaded(gate)
			}
			v.Open("late")
			v.WaitEnd()
			if pic := v.Picture(); !strings.Contains(pic.Parts["all"], "dots") {
				t.Errorf("the page shows %q, want a fallback in it", pic.Parts["all"])
			}
		},
	}
}

func stuck() []browsertest.Scenario {
	return []browsertest.Scenario{
		{
			Name:  "boundaries where no marker works wait in place",
			Where: browsertest.Scripted,
			Page: raw{
				`<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title id="title">`, late("title", "Loading", "Ada"), "</title>", browsertest.Probe(),
				`</head><body><textarea id="area">`, late("area", "Loading", "Bob"), `</textarea><svg id="svg"><g></g>`, late("svg", "", `<circle r="1"></circle>`),
				`</svg><div id="all">`, late("late", `<i class="dots">...</i>`, `<b class="late">Eve</b>`), `</div></body></html>`,
			},
			Watch: map[string]string{"dots": "#all > .dots", "late": "#all:not(:has(.dots)) > .late", "circle": "#svg > g + circle"},
			Run: func(t *testing.T, v *browsertest.Visit) {
				v.Open("title", "area", "svg")
				v.Wait("dots", "circle")
				v.Reveal("late")
				v.Finished(t)
				parts := v.Picture().Parts
				for id, want := range map[string]string{"title": "Ada", "area": "Bob", "svg": `<g></g><circle r="1"></circle>`} {
					if parts[id] != want {
						t.Errorf("%s = %q, want %q", id, parts[id], want)
					}
				}
			},
		},
		remains("a fallback that closes its paragraph stays",
			raw{open, `<div id="all"><p>`, late("late", `<div class="dots">...</div>`, `<b class="late">Eve</b>`), `</p></div></body></html>`}),
		remains("a fallback that the parser puts before the table stays",
			raw{open, `<div id="all"><table><tbody>`, late("late", `<div class="dots">...</div>`, `<tr class="late"><td>Eve</td></tr>`), `</table></div></body></html>`}),
		remains("what follows content that ends in a comment is lost",
			raw{open, `<div id="all">`, late("other", "", `<b class="other">other</b><!-- `), "<p>", late("late", `<i class="dots">...</i>`, `<b class="late">Eve</b>`), `</p></div></body></html>`}, "other"),
		remains("chunks in an open paragraph are lost",
			raw{open, `<div id="all">`, late("late", `<i class="dots">...</i>`, `<b class="late">Eve</b>`), `</div><p>end</body></html>`}),
		remains("a fallback that is the first of the body where its tag is left out stays",
			raw{`<!DOCTYPE html><meta charset="utf-8"><title>under test</title>`, browsertest.Probe(), late("late", `<div id="all"><i class="dots">...</i></div>`, `<b class="late">Eve</b>`)}),
		remains("a fallback behind the body stays",
			raw{open, "</body>", late("late", `<div id="all"><i class="dots">...</i></div>`, `<b class="late">Eve</b>`), "</html>"}),
	}
}
