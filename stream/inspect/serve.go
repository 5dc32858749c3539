package inspect

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// ServeHTTP serves the list of responses or, with ?id=7, the response with that
// number. With ?format=json, it serves either as JSON. The script of its pages
// requests changes from it, too. Times in the JSON are in milliseconds, and count
// from the start of the response unless they are durations. null means that the
// event did not take place.
func (in *Inspector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	if !in.admit(w, r) {
		return
	}
	query := r.URL.Query()
	var rec *record
	if query.Has("id") {
		id, _ := strconv.ParseInt(query.Get("id"), 10, 64)
		if rec = in.ring.get(id); rec == nil {
			in.serveMissing(w, r)
			return
		}
	}
	switch {
	case query.Has("events"):
		in.serveEvents(w, r, rec)
	case query.Get("format") == "json" && rec == nil:
		serveJSON(w, map[string]any{"responses": in.list()})
	case query.Get("format") == "json":
		serveJSON(w, rec.report())
	case rec == nil:
		servePage(w, r, listPage(in))
	default:
		servePage(w, r, responsePage(rec.id, rec))
	}
}

// serveMissing answers a request for a response that is no longer kept.
func (in *Inspector) serveMissing(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Has("events") || r.URL.Query().Get("format") == "json" {
		http.Error(w, "This response is not kept any more.", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	nonce := policy(h)
	w.WriteHeader(http.StatusNotFound)
	ctx := templ.WithNonce(r.Context(), nonce)
	_ = stream.Render(w, r.WithContext(ctx), missingPage()) // an error cannot be handled
}

// secure protects the pages from other sites and from caches. It also keeps
// templ's development proxy from adding a script: the pages update themselves.
func secure(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Templ-Skip-Modify", "true")
}

// policy sets the Content-Security-Policy of a page and returns its nonce.
func policy(h http.Header) string {
	nonce := rand.Text()
	h.Set("Content-Security-Policy", fmt.Sprintf("default-src 'none'; script-src 'nonce-%[1]s'; style-src 'nonce-%[1]s'; "+
		"connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "+
		"require-trusted-types-for 'script'; trusted-types rivulet-inspect", nonce))
	return nonce
}

// servePage sends a page of the inspector. It has no Trace, so the page is not in
// the list.
func servePage(w http.ResponseWriter, r *http.Request, page templ.Component) {
	ctx := templ.WithNonce(r.Context(), policy(w.Header()))
	stream.Handler(stream.Component(page)).ServeHTTP(w, r.WithContext(ctx))
}

func serveJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	_ = e.Encode(v) // fails if the client has left
}

// await is a boundary with the result of load.
func await(name string, load func() templ.Component) templ.Component {
	return stream.Boundary{
		Name:     name,
		Fallback: waiting(),
		Load:     func(context.Context) (templ.Component, error) { return load(), nil },
	}
}
