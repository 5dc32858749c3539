package layout

import (
	"bytes"
	"embed"
	"net/http"
	"time"
)

// Source is what the page at /source/layout shows.
//
//go:embed *.templ
var Source embed.FS

//go:embed style.css
var style []byte

// Style serves the style sheet that [Layout] links to.
func Style() http.Handler { return Sheet(style) }

// Sheet serves a style sheet of a page.
func Sheet(css []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(css))
	})
}
