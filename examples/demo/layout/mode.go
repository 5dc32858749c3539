package layout

import (
	"net/http"

	"github.com/rivulet-go/rivulet/stream"
)

// ChosenMode lets the query choose the mode of a page: ?mode=order or ?mode=complete.
// Otherwise it is usual's. A nil usual means stream.DefaultMode.
func ChosenMode(usual func(*http.Request) stream.Mode) func(*http.Request) stream.Mode {
	return func(r *http.Request) stream.Mode {
		switch r.FormValue("mode") {
		case "order":
			return stream.InOrder
		case "complete":
			return stream.Complete
		}
		if usual != nil {
			return usual(r)
		}
		return stream.DefaultMode(r)
	}
}
