package stream

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// A Script says how the page gets the script unsuspense, which does in older
// browsers what current ones do by themselves. It is sent only to a page on
// which something is pending. The zero value is Inline.
type Script string

const (
	// Inline writes the script into the page, with the nonce that
	// templ.WithNonce has set.
	Inline Script = ""
	// None writes no script: the page brings its own, or serves only
	// browsers that need none.
	None Script = "none"
)

// External loads the script from src, as for a Content-Security-Policy of
// script-src 'self'. Package assets has a handler for it and its URL. Safari's
// engine runs it only once it has painted, for which a shell needs some text:
// more than 200 visible characters and 512 bytes, or an image.
func External(src string) Script { return Script("src:" + src) }

// external returns the URL of an External script.
func (s Script) external() (src string, ok bool) { return strings.CutPrefix(string(s), "src:") }

// Element returns the script element that s says a page gets: text itself, or
// the URL of an External script, with the nonce that templ.WithNonce has set. It
// is empty for None. A Renderer writes that of unsuspense by itself; this is for
// components that come with a script of their own.
func (s Script) Element(text string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		_, err := w.Write(s.appendElement(nil, text, templ.GetNonce(ctx)))
		return err
	})
}
