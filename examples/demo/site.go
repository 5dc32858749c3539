package main

import (
	_ "embed"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/examples/demo/board"
	"github.com/rivulet-go/rivulet/examples/demo/chart"
	"github.com/rivulet-go/rivulet/examples/demo/dashboard"
	"github.com/rivulet-go/rivulet/examples/demo/layout"
	"github.com/rivulet-go/rivulet/examples/demo/search"
	"github.com/rivulet-go/rivulet/examples/demo/source"
	"github.com/rivulet-go/rivulet/examples/demo/start"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/inspect"
	"github.com/rivulet-go/rivulet/templates"
)

// site is everything the demo answers. All pages are sent by one Renderer, or by
// one that a page has made of it, so that the inspector hears of them all.
func site(s stock) http.Handler {
	inspector := inspect.New(200)
	rd := stream.Renderer{ErrorView: templates.ErrorCard, Trace: inspector.Trace()}

	mux := http.NewServeMux()
	mux.Handle("GET /style.css", layout.Style())
	start.Register(mux, rd, s.flights)
	dashboard.Register(mux, rd, s.flights)
	board.Register(mux, rd, s.board)
	search.Register(mux, rd, s.movies)
	source.Register(mux, rd,
		source.Package{Name: "start", Files: start.Source},
		source.Package{Name: "dashboard", Files: dashboard.Source},
		source.Package{Name: "board", Files: board.Source},
		source.Package{Name: "search", Files: search.Source},
		source.Package{Name: "chart", Files: chart.Source},
		source.Package{Name: "layout", Files: layout.Source},
		source.Package{Name: "source", Files: source.Source},
	)
	mux.Handle("GET /inspect/", inspector) // for this machine only, by its own rule
	mux.Handle("GET /river", pages())
	mux.Handle("GET /river.css", layout.Sheet(riverStyle))
	return s.board.Count(strict(mux))
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
