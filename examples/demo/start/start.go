// Package start is the first page of the demo. It says what Rivulet does, and
// shows how this very page was sent, in a picture that the server draws while it
// sends the page.
package start

import (
	"context"
	"embed"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/examples/demo/flights"
	"github.com/rivulet-go/rivulet/examples/demo/layout"
	"github.com/rivulet-go/rivulet/stream"
)

// Source is what the page at /source/start shows.
//
//go:embed *.templ
var Source embed.FS

//go:embed style.css
var style []byte

// Register adds the page to mux. rd sends it, and db answers its questions.
func Register(mux *http.ServeMux, rd stream.Renderer, db *flights.DB) {
	rd.Trace = stream.JoinTraces(rd.Trace, watch())
	rd.Mode = layout.ChosenMode(rd.Mode)
	mux.Handle("GET /{$}", rd.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
		return Page(modeOf(r), questions{db}), nil
	}))
	mux.Handle("GET /start/style.css", layout.Sheet(style))
}

// A Mode is a way to ask for the page.
type Mode struct{ Value, Title string }

var modes = []Mode{{"", "out of order"}, {"order", "in order"}, {"complete", "complete"}}

// URL returns the address of the page in that mode.
func (m Mode) URL() string {
	if m.Value == "" {
		return "/"
	}
	return "/?mode=" + m.Value
}

func modeOf(r *http.Request) string {
	mode := r.URL.Query().Get("mode")
	if !slices.ContainsFunc(modes, func(m Mode) bool { return m.Value == mode }) {
		return ""
	}
	return mode
}

// questions are the loads of the page, each a query of 300,000 flights.
type questions struct{ db *flights.DB }

// hub is the airport that the page shows.
const hub = "ORD"

func (q questions) Totals(ctx context.Context) (flights.Totals, error) {
	return q.db.Totals(ctx, flights.Filter{})
}

func (q questions) Busiest(ctx context.Context) (flights.Leg, error) {
	return first(q.db.Busiest(ctx, flights.Filter{}))
}

func (q questions) Worst(ctx context.Context) (flights.Place, error) {
	return first(q.db.Worst(ctx, flights.Filter{}))
}

func (q questions) Hub(ctx context.Context) (flights.Place, error) {
	return q.db.Place(ctx, flights.Filter{}, hub)
}

func (q questions) Route(ctx context.Context) (flights.Leg, error) {
	return first(q.db.From(ctx, flights.Filter{}, hub))
}

// first returns the first element of a list, or the zero T.
func first[T any](list []T, err error) (v T, _ error) {
	if len(list) > 0 {
		v = list[0]
	}
	return v, err
}
