package stream

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// Text is a component that shows a string, escaped in the same way as by templ. It
// is the cheapest piece of a sequence.
//
// A Text that is a piece must not end within a UTF-8 character, since a marker or
// an end tag may follow it. suspense.Text makes sure of that.
type Text string

// Render writes the escaped string.
func (t Text) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, templ.EscapeString(string(t)))
	return err
}
