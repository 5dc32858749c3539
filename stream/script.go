package stream

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// A Script says how the browser gets the script unsuspense. In older browsers the
// script does what current ones do by themselves. It is sent only if something is
// pending at the end of the shell. The zero value writes the script into the page,
// with the nonce that templ.WithNonce has set.
type Script struct {
	src  string // URL of an external script
	none bool
}

// NoScript sends no script: the page brings its own, or serves only browsers
// that patch the page themselves.
func NoScript() Script { return Script{none: true} }

// ExternalScript loads the script from src, such as for a Content-Security-Policy
// of script-src 'self'. Package assets has a handler for the script, and its URL.
// Safari's engine runs the script only after it has painted. Before it paints, it
// needs more than 200 visible characters and 512 bytes, or an image, in the shell.
//
// ExternalScript panics if src is empty.
func ExternalScript(src string) Script {
	if src == "" {
		panic("stream: ExternalScript without a src")
	}
	return Script{src: src}
}

// Element returns the script element for s, with the nonce that templ.WithNonce
// has set. It contains text, or loads the URL of an ExternalScript. For NoScript
// it is empty. Element is for components that come with a script of their own; a
// Renderer writes the element of unsuspense by itself.
func (s Script) Element(text string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		_, err := w.Write(s.appendElement(nil, text, templ.GetNonce(ctx)))
		return err
	})
}

// appendElement appends the element of a script with that text to dst.
func (s Script) appendElement(dst []byte, text, nonce string) []byte {
	if s.none {
		return dst
	}
	dst = append(dst, `<script`...)
	if nonce != "" {
		dst = append(dst, ` nonce="`...)
		dst = append(dst, templ.EscapeString(nonce)...)
		dst = append(dst, '"')
	}
	if s.src != "" {
		dst = append(dst, ` async src="`...)
		dst = append(dst, templ.EscapeString(s.src)...)
		return append(dst, `"></script>`...)
	}
	dst = append(dst, '>')
	dst = append(dst, text...)
	return append(dst, `</script>`...)
}
