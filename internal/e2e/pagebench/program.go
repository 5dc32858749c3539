package pagebench

import "net/http"

// A Program is a way to serve pages.
type Program struct {
	Name    string
	Handler func(Page) http.Handler
}

// Programs returns all programs.
func Programs() []Program {
	return []Program{HandMade, Guarded, Plain, Slots, InPlace, Suspended, Bare}
}

func setContentType(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
}
