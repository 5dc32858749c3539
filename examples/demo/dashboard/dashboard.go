// Package dashboard is a page of twelve panels, each with the answer to a slow
// database query, and switches for how the page is sent.
package dashboard

import (
	"bytes"
	"embed"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/examples/demo/chart"
	"github.com/rivulet-go/rivulet/examples/demo/flights"
	"github.com/rivulet-go/rivulet/examples/demo/layout"
	"github.com/rivulet-go/rivulet/stream"
)

// Source is what the page at /source/dashboard shows.
//
//go:embed *.templ
var Source embed.FS

//go:embed style.css
var style []byte

//go:embed times.js
var times []byte

// Register adds the dashboard to mux. rd sends it, changed by the page's
// switches, and db answers its queries.
func Register(mux *http.ServeMux, rd stream.Renderer, db *flights.DB) {
	mux.Handle("GET /dashboard", page(rd, db))
	mux.Handle("GET /dashboard/style.css", layout.Sheet(style))
	mux.Handle("GET /dashboard/chart.css", layout.Sheet(chart.Sheet))
	mux.HandleFunc("GET /dashboard/times.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(times))
	})
}

// page sends each request as its switches say. It makes a Renderer for each
// request, which costs nothing.
func page(rd stream.Renderer, db *flights.DB) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := visitOf(r, db.Airports())
		renderer := rd
		renderer.Mode, renderer.Limit, renderer.Grace = layout.ChosenMode(rd.Mode), v.Limit, v.Grace
		renderer.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
			return Page(v, db.Airports(), report{db, v}), nil
		}).ServeHTTP(w, r)
	})
}
