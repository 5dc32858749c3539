package templates

import (
	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// tryAgain is the link of an ErrorCard, behind what the card says if the link was of no
// use.
func tryAgain(err *stream.BoundaryError) templ.Component {
	switch {
	case err.Key != "":
		return templ.Raw(`<span class="rv-error-failed">Tried again, without success.</span><a class="rv-again" href="" data-refresh="` + templ.EscapeString(err.Key) + `">Try again</a>`)
	case err.ID != "":
		return templ.Raw(`<a class="rv-again" href="">Load the page again</a>`)
	}
	return templ.NopComponent
}
