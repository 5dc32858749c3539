package live

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// page is the region as it stands in the page. The instruction that makes it live
// comes last, so that a script that finds it finds the whole region. It is a
// processing instruction because no sanitizer keeps one: HTML that users wrote
// can contain a template, but cannot open a stream. The template only makes the
// instruction quick to find.
func (r Region) page(source, number string, content templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		start := openItem(r.Name+".live") + r.open()
		end := r.close() + `<?live ` + r.Name + ` ` + number + ` ` + source + `><template data-r></template>` + closeItem(r.Name+".live")
		if err := between(ctx, w, start, content, end); err != nil {
			return err
		}
		return stream.LiveScript(r.Script).Render(ctx, w)
	})
}
