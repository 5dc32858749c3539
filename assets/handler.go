package assets

import (
	"net/http"
	"strings"
	"time"
)

// Handler returns a handler that serves the scripts to GET and HEAD requests. The
// last element of the path is the Name of a [Script]. The handler may be mounted
// below any prefix, with or without http.StripPrefix. Caches and browsers may
// keep the response for a year. Any other path is answered with the status 404: a
// page must not run the scripts of another version.
func Handler() http.Handler { return http.HandlerFunc(serveScript) }

func serveScript(w http.ResponseWriter, r *http.Request) {
	var s Script
	switch r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:] {
	case Unsuspense().Name:
		s = Unsuspense()
	case Live().Name:
		s = Live()
	case StartHTMX().Name:
		s = StartHTMX()
	default:
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("ETag", `"`+s.Name+`"`)
	http.ServeContent(w, r, s.Name, time.Time{}, strings.NewReader(s.Text))
}
