// Package gallery is a page with a card for each ability of Rivulet: what it is, a
// small example or a page that shows it, and the source.
package gallery

import (
	"bytes"
	"embed"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/examples"
	"github.com/rivulet-go/rivulet/examples/demo/layout"
	"github.com/rivulet-go/rivulet/examples/demo/source"
	"github.com/rivulet-go/rivulet/stream"
)

// Source is what the page at /source/gallery shows.
//
//go:embed *.templ
var Source embed.FS

//go:embed style.css
var style []byte

//go:embed back.js
var back []byte

// Register adds the gallery to mux. rd sends its pages. Register panics if the source
// of an entry is not found, which is a programming error.
func Register(mux *http.ServeMux, rd stream.Renderer) {
	all := groups()
	chosen := rd
	chosen.Mode = layout.ChosenMode(rd.Mode)
	mux.Handle("GET /gallery", chosen.Handler(func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
		return Page(all, visit{r}), nil
	}))
	mux.Handle("GET /gallery/no-script", bare(rd).Handler(stream.Component(Bare())))
	mux.Handle("GET /gallery/style.css", layout.Sheet(style))
	mux.HandleFunc("GET /gallery/back.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(back))
	})
}

// bare sends a page without a script. Browsers that patch pages by themselves get it
// out of order, and all others in order.
func bare(rd stream.Renderer) *stream.Renderer {
	rd.Script = stream.NoScript()
	rd.Mode = func(r *http.Request) stream.Mode {
		brand := chromium.FindStringSubmatch(r.Header.Get("Sec-Ch-Ua"))
		if brand == nil {
			return stream.InOrder
		}
		if version, _ := strconv.Atoi(brand[1]); version < 150 {
			return stream.InOrder
		}
		return stream.OutOfOrder
	}
	return &rd
}

// chromium finds the version in the header Sec-CH-UA, which Chromium and Edge send.
var chromium = regexp.MustCompile(`"Chromium";v="(\d+)"`)

// withSource returns the entries with their source.
func withSource(entries []entry) []entry {
	entries = slices.Clone(entries)
	for i, e := range entries {
		for _, s := range e.Source {
			piece, err := source.Cut(examples.Source, s.File, s.Name)
			if err != nil {
				panic("gallery: " + e.ID + ": " + err.Error())
			}
			entries[i].pieces = append(entries[i].pieces, piece)
		}
	}
	return entries
}
