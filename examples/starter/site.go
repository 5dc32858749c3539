package main

import (
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"

	"github.com/a-h/templ"
	"github.com/alexedwards/scs/v2"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/templates"
)

// A site has what its handlers share.
type site struct {
	pages    stream.Renderer
	sessions *scs.SessionManager
	shop     *shop
}

func newSite(sessions *scs.SessionManager, dev bool) *site {
	s := &site{sessions: sessions, shop: newShop()}
	s.pages = stream.Renderer{ErrorView: templates.ErrorCard, ErrorHandler: s.answer}
	if dev {
		s.pages.ErrorView = templates.DevError
	}
	return s
}

func (s *site) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", s.pages.Handler(s.home))
	mux.Handle("GET /teas/{id}", s.pages.Handler(s.tea))
	mux.HandleFunc("POST /orders", s.order)
	mux.Handle("GET /orders/events", s.shop.topic.Handler())
	mux.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	return http.NewCrossOriginProtection().Handler(withPolicy(s.sessions.LoadAndSave(mux)))
}

// home is a Page: it runs before anything is sent, so it must be quick.
func (s *site) home(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
	return HomePage(s.shop, s.visitor(r)), nil
}

func (s *site) tea(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
	return TeaPage(request{s.shop, r.PathValue("id")}, s.visitor(r)), nil
}

// order handles the form. It redirects, so that a reload does not order again.
func (s *site) order(w http.ResponseWriter, r *http.Request) {
	tea, ok := teas[r.FormValue("tea")]
	if !ok {
		http.Error(w, "We do not have that tea.", http.StatusBadRequest)
		return
	}
	if err := s.shop.order(r.Context(), tea); err != nil {
		slog.Error("an order is not shown on open pages", slog.Any("error", err))
	}
	s.sessions.Put(r.Context(), "message", "Thank you for ordering "+tea.Name+".")
	s.sessions.Put(r.Context(), "ordered", s.sessions.GetInt(r.Context(), "ordered")+1)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// A Visitor is what the layout shows of a session.
type Visitor struct {
	Message string // shown once
	Ordered int
}

// visitor reads and changes the session, which is saved with the first byte of
// the response.
func (s *site) visitor(r *http.Request) Visitor {
	return Visitor{s.sessions.PopString(r.Context(), "message"), s.sessions.GetInt(r.Context(), "ordered")}
}

// answer answers if a page was decided, or has failed, before its first byte. The
// status is set already.
func (s *site) answer(w http.ResponseWriter, r *http.Request, err error) {
	var decided *stream.StatusError
	view := MissingPage(s.visitor(r))
	if !errors.As(err, &decided) {
		slog.Error("page failed", slog.String("path", r.URL.Path), slog.Any("error", err))
		view = SorryPage(s.visitor(r))
	}
	_ = view.Render(r.Context(), w)
}

// withPolicy gives each response a Content-Security-Policy with a nonce of its
// own. templ and Rivulet find the nonce in the context.
func withPolicy(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		nonce := rand.Text()
		w.Header().Set("Content-Security-Policy", "default-src 'none'; connect-src 'self'; img-src 'self' data:; "+
			"script-src 'nonce-"+nonce+"'; style-src 'nonce-"+nonce+"'; form-action 'self'; base-uri 'none'; "+
			"frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types rivulet")
		w.Header().Set("Cache-Control", "private, no-cache") // the nonce is for one response
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r.WithContext(templ.WithNonce(r.Context(), nonce)))
	})
}
