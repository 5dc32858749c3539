package main

import (
	"net/http"

	"github.com/rivulet-go/rivulet/examples/demo/chart"
	"github.com/rivulet-go/rivulet/examples/demo/chat"
	"github.com/rivulet-go/rivulet/examples/demo/dashboard"
	"github.com/rivulet-go/rivulet/examples/demo/flights"
	"github.com/rivulet-go/rivulet/examples/demo/lab"
	"github.com/rivulet-go/rivulet/examples/demo/layout"
	"github.com/rivulet-go/rivulet/examples/demo/source"
)

// site is everything the demo answers.
func site(db *flights.DB, model *chat.Endpoint) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /style.css", layout.Style())
	mux.Handle("GET /{$}", http.RedirectHandler("/dashboard", http.StatusFound))
	dashboard.Register(mux, db)
	lab.Register(mux)
	chat.Register(mux, model)
	source.Register(mux,
		source.Package{Name: "dashboard", Files: dashboard.Source},
		source.Package{Name: "lab", Files: lab.Source},
		source.Package{Name: "chat", Files: chat.Source},
		source.Package{Name: "chart", Files: chart.Source},
		source.Package{Name: "layout", Files: layout.Source},
		source.Package{Name: "source", Files: source.Source},
	)
	return strict(mux)
}
