package main

import (
	"net/http"

	"github.com/rivulet-go/rivulet/examples/demo/airports"
	"github.com/rivulet-go/rivulet/examples/demo/board"
	"github.com/rivulet-go/rivulet/examples/demo/chart"
	"github.com/rivulet-go/rivulet/examples/demo/chat"
	"github.com/rivulet-go/rivulet/examples/demo/dashboard"
	"github.com/rivulet-go/rivulet/examples/demo/gallery"
	"github.com/rivulet-go/rivulet/examples/demo/lab"
	"github.com/rivulet-go/rivulet/examples/demo/layout"
	"github.com/rivulet-go/rivulet/examples/demo/search"
	"github.com/rivulet-go/rivulet/examples/demo/source"
	"github.com/rivulet-go/rivulet/examples/demo/start"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/templates"
)

// site is the whole demo. One Renderer, or a copy that a page has changed, sends
// all pages, so that the inspector sees them all.
func site(s stock) http.Handler {
	rd := stream.Renderer{Mode: layout.Scriptless.Mode, ErrorView: templates.ErrorCard, Trace: s.inspector.Trace()}

	mux := http.NewServeMux()
	mux.Handle("GET /style.css", layout.Style())
	start.Register(mux, rd, s.flights)
	gallery.Register(mux, rd)
	dashboard.Register(mux, rd, s.flights)
	airports.Register(mux, rd, s.flights)
	lab.Register(mux, rd)
	chat.Register(mux, rd, s.chat)
	board.Register(mux, rd, s.board)
	search.Register(mux, rd, s.movies)
	source.Register(mux, rd,
		source.Package{Name: "start", Files: start.Source},
		source.Package{Name: "gallery", Files: gallery.Source},
		source.Package{Name: "dashboard", Files: dashboard.Source},
		source.Package{Name: "airports", Files: airports.Source},
		source.Package{Name: "lab", Files: lab.Source},
		source.Package{Name: "chat", Files: chat.Source},
		source.Package{Name: "board", Files: board.Source},
		source.Package{Name: "search", Files: search.Source},
		source.Package{Name: "chart", Files: chart.Source},
		source.Package{Name: "layout", Files: layout.Source},
		source.Package{Name: "source", Files: source.Source},
	)
	mux.Handle("GET /inspect/", s.inspector) // refuses requests without its token
	return s.board.Count(strict(mux))
}
