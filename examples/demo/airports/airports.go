// Package airports has a page for each airport, whose address may be wrong: an
// airport that does not exist is a 404, and one whose code has changed is a
// redirect. The load that finds that out also sets the title of the page.
package airports

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/examples/demo/flights"
	"github.com/rivulet-go/rivulet/examples/demo/layout"
	"github.com/rivulet-go/rivulet/stream"
)

// Source is what the page at /source/airports shows.
//
//go:embed *.templ
var Source embed.FS

//go:embed style.css
var style []byte

// Register adds the pages to mux. rd sends them, and db knows the airports.
func Register(mux *http.ServeMux, rd stream.Renderer, db *flights.DB) {
	rd.ErrorHandler = layout.ErrorHandler(func(r *http.Request, status int) templ.Component {
		if status == http.StatusNotFound {
			code := strings.ToUpper(r.PathValue("code"))
			return Missing(code, similar(code, db.Airports()))
		}
		return Failed()
	})
	mux.Handle("GET /airports", rd.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		return List(byState(db.Airports())), nil
	}))
	mux.Handle("GET /airports/{code}", rd.Handler(func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
		return Page(visit{db, r.PathValue("code")}), nil
	}))
	mux.Handle("GET /airports/style.css", layout.Sheet(style))
}

// renamed are codes that airports had before, and the codes that they have now.
var renamed = map[string]string{
	// Friendship became Baltimore-Washington:
	// https://viewfromthewing.com/bwi-airport-name/
	"BAL": "BWI",
	// Idlewild became John F. Kennedy:
	// https://cnewyork.net/guide/new-york-questions/pourquoi-nom-aeroport-new-york-jfk
	"IDL": "JFK",
}

// A visit is a request for the page of an airport. Its methods are the loads of the
// page.
type visit struct {
	db   *flights.DB
	code string // as it stands in the address
}

// Airport finds the airport. Its errors decide the status of the page.
func (v visit) Airport(ctx context.Context) (flights.Airport, error) {
	code := strings.ToUpper(v.code)
	if now, ok := renamed[code]; ok {
		code = now
	}
	airport, err := v.db.Airport(ctx, code)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return airport, stream.NotFound(err)
	case err == nil && code != v.code:
		return airport, stream.Redirect("/airports/"+code, http.StatusMovedPermanently)
	}
	return airport, err
}

// Place returns the figures of the airport. If there is no such airport, that is for
// the load Airport to say.
func (v visit) Place(ctx context.Context) (flights.Place, error) {
	p, err := v.db.Place(ctx, flights.Filter{}, v.code)
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil
	}
	return p, err
}

func (v visit) Spread(ctx context.Context) (flights.Spread, error) {
	return v.db.Spread(ctx, flights.Filter{}, v.code)
}

func (v visit) Routes(ctx context.Context) ([]flights.Leg, error) {
	return v.db.From(ctx, flights.Filter{}, v.code)
}
