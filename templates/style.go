package templates

import (
	"context"
	_ "embed"
	"io"

	"github.com/a-h/templ"
)

//go:embed style.css
var css string

var once = templ.NewOnceHandle(templ.WithComponent(templ.ComponentFunc(writeStyle)))

// Style returns the style element of this package's views, for the head of the
// page. It carries the nonce that templ.WithNonce has set, and is written once
// for a page.
func Style() templ.Component { return once.Once() }

// CSS returns the rules in [Style]. Use it for a page that may load style sheets
// only from its own server, as under style-src 'self', or to add the rules to a
// style sheet of your own.
func CSS() string { return css }

func writeStyle(ctx context.Context, w io.Writer) error {
	open := "<style>"
	if nonce := templ.GetNonce(ctx); nonce != "" {
		open = `<style nonce="` + templ.EscapeString(nonce) + `">`
	}
	_, err := io.WriteString(w, open+css+"</style>")
	return err
}
