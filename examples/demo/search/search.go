// Package search is a page that finds movies while the visitor types: without
// script as a form, with a small script of its own, and once more with htmx. All
// three show the same components.
package search

import (
	"bytes"
	"context"
	"embed"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/examples/demo/layout"
	"github.com/rivulet-go/rivulet/examples/demo/movies"
	"github.com/rivulet-go/rivulet/stream"
)

// Source is what the page at /source/search shows.
//
//go:embed *.templ search.js trust.js
var Source embed.FS

//go:embed style.css
var style []byte

//go:embed search.js trust.js htmx/htmx.min.js htmx/LICENSE
var scripts embed.FS

// Register adds the pages to mux. rd sends them, and db finds the movies.
func Register(mux *http.ServeMux, rd stream.Renderer, db *movies.DB) {
	mux.Handle("GET /search", rd.Handler(show(Page, db)))
	mux.Handle("GET /search/htmx", rd.Handler(show(HTMX, db)))
	// Scripts insert the results, so they must be whole. Rivulet recognizes such
	// requests only over HTTPS and on localhost, where browsers mark them.
	whole := rd
	whole.Mode = func(*http.Request) stream.Mode { return stream.Complete }
	mux.Handle("GET /search/results", whole.Handler(show(Results, db)))
	mux.Handle("GET /search/style.css", layout.Sheet(style))
	for _, name := range []string{"search.js", "trust.js", "htmx/htmx.min.js", "htmx/LICENSE"} {
		mux.Handle("GET /search/"+name, file(name))
	}
}

// show answers the question of a request with page.
func show(page func(question) templ.Component, db *movies.DB) stream.Page {
	return func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
		return page(questionOf(r, db)), nil
	}
}

// file serves one of the scripts. It panics if the script does not exist.
func file(name string) http.Handler {
	content, err := scripts.ReadFile(name)
	if err != nil {
		panic("search: " + err.Error())
	}
	kind := "text/plain; charset=utf-8"
	if strings.HasSuffix(name, ".js") {
		kind = "text/javascript; charset=utf-8"
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	})
}

const (
	shown   = 20  // movies at most
	longest = 100 // bytes of a question
)

// A question is a search. Its methods are the loads of the page.
type question struct {
	Text string
	db   *movies.DB
}

func questionOf(r *http.Request, db *movies.DB) question {
	text := r.URL.Query().Get("q")
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "")
	}
	return question{text, db}
}

// Count returns the number of movies found.
func (q question) Count(ctx context.Context) (int, error) { return q.db.Count(ctx, q.Text) }

// Hits yields the movies while the database finds them.
func (q question) Hits(ctx context.Context) iter.Seq2[movies.Hit, error] {
	return q.db.Search(ctx, q.Text, shown)
}
