package templates

import (
	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// tryAgain is the link of an ErrorCard.
func tryAgain(err *stream.BoundaryError) templ.Component {
	switch {
	case err.Key != "":
		return templ.Raw(`<a class="rv-again" href="" data-refresh="` + templ.EscapeString(err.Key) + `">Try again</a>`)
	case err.ID != "":
		return templ.Raw(`<a class="rv-again" href="">Load the page again</a>`)
	}
	return templ.NopComponent
}
