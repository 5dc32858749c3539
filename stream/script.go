package stream

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// A Script says how the page gets the script unsuspense, which does in older
// browsers what current ones do by themselves. It is sent only to a page on
// which something is pending. The zero value writes the script into the page,
// with the nonce that templ.WithNonce has set.
type Script struct {
	src  string // of an external script
	none bool
}

// NoScript sends no script: the page brings its own, or serves only browsers
// that patch the page themselves.
func NoScript() Script { return Script{none: true} }

// ExternalScript loads the script from src, as for a Content-Security-Policy of
// script-src 'self'. Package assets has a handler for it and its URL. Safari's
// engine runs it only once it has painted, for which a shell needs some text:
// more than 200 visible characters and 512 bytes, or an image.
//
// ExternalScript panics if src is empty.
func ExternalScript(src string) Script {
	if src == "" {
		panic("stream: ExternalScript without a src")
	}
	return Script{src: src}
}

// Element returns the script element that s asks for: text itself, or the URL of
// an ExternalScript, with the nonce that templ.WithNonce has set. It is empty for
// NoScript. A Renderer writes that of unsuspense by itself; this is for
// components that come with a script of their own.
func (s Script) Element(text string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		_, err := w.Write(s.appendElement(nil, text, templ.GetNonce(ctx)))
		return err
	})
}

// appendElement appends the script element of a script with that text.
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
