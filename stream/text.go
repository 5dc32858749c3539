package stream

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// Text is a component that shows a string, escaped as templ escapes one. As a
// piece of a sequence it is the cheapest there is.
//
// A browser reads each chunk by itself, so a Text that is a piece must not end
// within a character; suspense.Text sees to that.
type Text string

// Render writes the escaped string.
func (t Text) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, templ.EscapeString(string(t)))
	return err
}
