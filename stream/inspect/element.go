package inspect

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// element is an element with children. attributes holds names and values in turn.
// It is used where an attribute is an expression: the code that templ generates
// for one does not work with all versions of templ's runtime, and a program may
// have any of them.
func element(name string, attributes ...string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		children := templ.GetChildren(ctx)
		tag := "<" + name
		for i := 0; i < len(attributes); i += 2 {
			value := attributes[i+1]
			if attributes[i] == "href" {
				value = string(templ.URL(value))
			}
			tag += " " + attributes[i] + `="` + templ.EscapeString(value) + `"`
		}
		if _, err := io.WriteString(w, tag+">"); err != nil {
			return err
		}
		if err := children.Render(templ.ClearChildren(ctx), w); err != nil {
			return err
		}
		_, err := io.WriteString(w, "</"+name+">")
		return err
	})
}
