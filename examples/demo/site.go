package main

import (
	_ "embed"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/examples/demo/chart"
	"github.com/rivulet-go/rivulet/examples/demo/dashboard"
	"github.com/rivulet-go/rivulet/examples/demo/flights"
	"github.com/rivulet-go/rivulet/examples/demo/layout"
	"github.com/rivulet-go/rivulet/examples/demo/source"
	"github.com/rivulet-go/rivulet/stream"
)

// site is everything the demo answers.
func site(db *flights.DB) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /style.css", layout.Style())
	mux.Handle("GET /{$}", http.RedirectHandler("/dashboard", http.StatusFound))
	dashboard.Register(mux, db)
	source.Register(mux,
		source.Package{Name: "dashboard", Files: dashboard.Source},
		source.Package{Name: "chart", Files: chart.Source},
		source.Package{Name: "layout", Files: layout.Source},
		source.Package{Name: "source", Files: source.Source},
	)
	mux.Handle("GET /river", pages())
	mux.Handle("GET /river.css", layout.Sheet(riverStyle))
	return strict(mux)
}

//go:embed river.css
var riverStyle []byte

// pages serves the same components in the mode that the visitor has chosen.
func pages() http.Handler {
	// The grace lets what is nearly ready stand in the shell.
	usual := stream.Renderer{Grace: 5 * time.Millisecond, ErrorView: Failed}
	inOrder, complete := usual, usual
	inOrder.Mode = func(*http.Request) stream.Mode { return stream.InOrder }
	complete.Mode = func(*http.Request) stream.Mode { return stream.Complete }
	handlers := map[string]http.Handler{
		"":         usual.Handler(home),
		"order":    inOrder.Handler(home),
		"complete": complete.Handler(home),
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handlers[visitOf(r).Mode].ServeHTTP(w, r)
	})
}

func home(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
	v := visitOf(r)
	return Home(v, v.River()), nil
}
