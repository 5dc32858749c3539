package stream

import "strings"

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
