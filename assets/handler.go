package assets

import (
	"net/http"
	"strings"
	"time"
)

// Handler returns a handler that serves the scripts to GET and HEAD requests
// whose path ends in /[ScriptName] or /[LiveScriptName], below whatever prefix
// it is mounted, with or without http.StripPrefix. Caches and browsers may keep
// the answer for good. Any other path is a 404: a page of another version must
// not run this one's scripts.
func Handler() http.Handler { return http.HandlerFunc(serveScript) }

func serveScript(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	var text string
	switch name {
	case ScriptName():
		text = Script()
	case LiveScriptName():
		text = LiveScript()
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
	h.Set("ETag", `"`+name+`"`)
	http.ServeContent(w, r, name, time.Time{}, strings.NewReader(text))
}
