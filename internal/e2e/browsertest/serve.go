package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// routes are what the page of the visit may ask the server for.
func (v *Visit) routes() http.Handler {
	mux := http.NewServeMux()
	base := "/visit/" + v.id + "/"
	mux.HandleFunc("GET "+base+"{$}", v.servePage)
	mux.HandleFunc("GET "+base+"probe.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		io.WriteString(w, probeJS)
	})
	mux.HandleFunc("GET "+base+"probe.css", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		io.WriteString(w, probeCSS(v.scenario.Watch))
	})
	mux.HandleFunc("GET "+base+"seen", func(w http.ResponseWriter, r *http.Request) {
		v.change(func() {
			if name := r.FormValue("name"); !slices.Contains(v.said("seen"), name) {
				v.reports = append(v.reports, Report{Kind: "seen", Text: name})
			}
		})
		serveImage(w)
	})
	mux.HandleFunc("GET "+base+"hold.svg", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-v.ended:
			serveImage(w)
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("GET "+base+"orders", func(w http.ResponseWriter, r *http.Request) {
		select {
		case order := <-v.orders:
			io.WriteString(w, order)
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("POST "+base+"reports", func(w http.ResponseWriter, r *http.Request) {
		var reports []Report
		if err := json.NewDecoder(r.Body).Decode(&reports); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		v.change(func() {
			v.reports = append(v.reports, reports...)
			v.left = v.left || slices.ContainsFunc(reports, func(r Report) bool { return r.Kind == "leaves" })
		})
	})
	for name, file := range v.scenario.Files {
		method, name, ok := strings.Cut(name, " ")
		if !ok {
			method, name = "GET", method
		}
		mux.HandleFunc(method+" "+base+name, func(w http.ResponseWriter, r *http.Request) {
			file(v, w, r.WithContext(context.WithValue(r.Context(), visitKey{}, v)))
		})
	}
	return mux
}

func (v *Visit) servePage(w http.ResponseWriter, r *http.Request) {
	if v.scenario.Handler != nil {
		v.change(func() { v.asked = append(v.asked, r) })
		v.scenario.Handler.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), visitKey{}, v)))
		return
	}
	engine := v.browser.Engine
	rd := v.scenario.Renderer
	inOrder := false
	if !Streamed(engine) {
		rd.Mode = noScriptMode
		inOrder = noScriptMode(r) == stream.InOrder
	}
	if inOrder {
		http.SetCookie(w, &http.Cookie{Name: noScriptCookie, Value: "1", Path: "/"})
	}
	v.change(func() {
		v.inOrder = inOrder
		v.asked = append(v.asked, r)
	})
	ctx := context.WithValue(r.Context(), visitKey{}, v)
	if !engine.Scripting {
		refreshes := needsNoScript(r)
		ctx = context.WithValue(ctx, refreshKey{}, refreshes)
		if !refreshes {
			w.Header().Set("Refresh", "0;url=/next") // once it is finished
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	if v.scenario.Policy != "" {
		nonce := "nonce" + v.id
		if strings.Contains(v.scenario.Policy, "{nonce}") {
			ctx = templ.WithNonce(ctx, nonce)
		}
		policy := strings.NewReplacer("{nonce}", nonce, "{origin}", v.browser.server.URL).Replace(v.scenario.Policy)
		w.Header().Set("Content-Security-Policy", policy)
	}
	recorded := &tape{ResponseWriter: w}
	v.change(func() { v.tape = recorded })
	w = recorded
	if v.scenario.Wrap != nil {
		w = v.scenario.Wrap(v, w)
	}
	rd.Trace = &stream.Trace{
		Loaded: func(_ context.Context, b stream.BoundaryInfo, _ error) {
			if b.Name != "" {
				v.change(func() { v.reports = append(v.reports, Report{Kind: "loaded", Text: b.Name}) })
			}
		},
		Failed: func(_ context.Context, err *stream.BoundaryError) {
			v.change(func() { v.reports = append(v.reports, Report{Kind: "failed", Text: err.Digest}) })
		},
	}
	err := rd.Render(w, r.WithContext(ctx), v.scenario.Page)
	v.change(func() { v.reports = append(v.reports, Report{Kind: "ended"}) })
	if err != nil {
		v.change(func() { v.errs = append(v.errs, err) })
		if errors.Is(err, stream.ErrShell) {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		if !v.scenario.Hidden {
			panic(http.ErrAbortHandler)
		}
	}
}

// Elsewhere returns the URL of a file of the visit whose page ctx belongs to, at
// another origin than the page's.
func Elsewhere(ctx context.Context, name string) string {
	v := visitOf(ctx)
	return strings.Replace(v.browser.server.URL, "127.0.0.1", "localhost", 1) + "/visit/" + v.id + "/" + name
}
