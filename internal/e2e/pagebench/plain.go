package pagebench

import (
	"net/http"

	"github.com/a-h/templ"
)

// Plain is templ.Handler. It sends the page when the boundaries have been loaded,
// one after the other.
var Plain = Program{"plain", func(p Page) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		templ.Handler(document(p.Boundaries, loaded)).ServeHTTP(w, r)
	})
}}

func loaded(b *Boundary) templ.Component { return content(b.load(), loaded) }
