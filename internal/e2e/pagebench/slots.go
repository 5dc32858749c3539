package pagebench

import (
	"net/http"

	"github.com/a-h/templ"
)

// Slots is the way to stream that templ documents: slots in a declarative shadow
// root, a channel and templ.Flush.
var Slots = Program{"slots", func(p Page) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page := slotDocument(p.Boundaries, loading(p.Boundaries))
		templ.Handler(page, templ.WithStreaming()).ServeHTTP(w, r)
	})
}}

// loading loads the boundaries. The template waits for as many as there are.
func loading(bs []*Boundary) <-chan *Boundary {
	done := make(chan *Boundary, len(bs))
	begin(bs, done)
	return done
}
