// Package lab is a page of failures that the visitor chooses: each of its
// boundaries does what was chosen for it. The page shows what a user would see
// and, below, what the log says of the same response. A digest links the two. A
// boundary may also decide the status of the page, in time or too late.
//
// Only this page of the demo sleeps in its loads, since the visitor chooses how
// long they take.
package lab

import (
	"embed"
	"net/http"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/examples/demo/layout"
	"github.com/rivulet-go/rivulet/stream"
)

// Source is what the page at /source/lab shows.
//
//go:embed *.templ
var Source embed.FS

//go:embed style.css
var style []byte

// Register adds the lab to mux. rd sends it, changed by the visitor's choices.
func Register(mux *http.ServeMux, rd stream.Renderer) {
	mux.HandleFunc("GET /lab", func(w http.ResponseWriter, r *http.Request) { serve(w, r, rd) })
	mux.HandleFunc("GET "+cut, func(w http.ResponseWriter, r *http.Request) { serveCut(w, r, rd) })
	mux.Handle("GET "+target, rd.Handler(stream.Component(Target())))
	mux.Handle("GET /lab/style.css", layout.Sheet(style))
}

// patience is the timeout of boundaries without one of their own.
const patience = 3 * slowest

// serve answers one visit, which has its own log.
func serve(w http.ResponseWriter, r *http.Request, rd stream.Renderer) {
	v, log := visitOf(r), newLog()
	rd.Mode, rd.Timeout, rd.ErrorView = layout.ChosenMode(rd.Mode), patience, Failed
	rd.Trace = stream.JoinTraces(rd.Trace, log.trace(r.URL.Path))
	rd.ErrorHandler = layout.ErrorHandler(func(_ *http.Request, status int) templ.Component {
		return Answer(status, log.written())
	})
	rd.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return Page(v, log), nil
	}).ServeHTTP(w, r)
}
