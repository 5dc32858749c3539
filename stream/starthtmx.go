package stream

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/assets"
)

var startHTMX = templ.NewOnceHandle()

// StartHTMX returns a script, once for each page, that starts htmx 2 or 4 with the
// shell. By itself, htmx starts after the last chunk. The script also gives htmx what
// chunks, refreshes and live regions put into the page. Without htmx it does nothing.
//
// htmx 2 fails in Chromium at the markers of boundaries with keys and of live regions,
// if they stand at the top of what it inserts. So the script replaces
// Document.parseHTMLUnsafe, by which htmx 2 parses: processing instructions become
// comments, which htmx skips, and comments stay.
//
// It stands last in the body. htmx starts there, or when its own script has run. A
// script element of htmx has no defer and is no module, since browsers run these
// after the last chunk.
//
// The zero Script writes the script into the page, with the nonce that
// templ.WithNonce has set. assets.StartHTMX has its hash and its Name.
//
// The script obeys no markup: see package assets.
func StartHTMX(s Script) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return startHTMX.Once().Render(templ.WithChildren(ctx, s.Element(assets.StartHTMX().Text)), w)
	})
}
