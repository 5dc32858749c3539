package stream

import (
	"net/http"
	"time"

	"github.com/a-h/templ"
)

// A Page makes the component for one request. It may set headers, cookies and
// the status on w and must not write a body. A failed Page is answered by
// Renderer.Error.
type Page func(w http.ResponseWriter, r *http.Request) (templ.Component, error)

// A Renderer sends pages. The zero value is ready to use. Its fields must not
// be changed once it is in use; it may serve any number of requests at once.
type Renderer struct {
	// Mode chooses how a page is sent. Nil means OutOfOrder for a
	// navigation and Complete for everything else, such as fetch and htmx
	// requests, with a Vary header that says so.
	Mode func(*http.Request) Mode
	// Limit caps the loads of one response that run at once. Zero means no
	// cap.
	Limit int
	// Grace is how long the shell waits for loads that are nearly done, so
	// that their content stands in the shell. Zero means not at all.
	Grace time.Duration
	// Timeout is the deadline, from the start of Render, of every boundary
	// without a Timeout of its own. Zero means 30 s, since a page whose load
	// hangs never finishes; negative means none.
	Timeout time.Duration
	// WriteTimeout is the time for each write to the client. Zero means the
	// server's WriteTimeout, or 30 s if it has none; negative means none.
	WriteTimeout time.Duration
	// ErrorView is what a failed boundary without an OnError of its own
	// shows. Nil means a short text with role="alert" and the digest.
	ErrorView func(*BoundaryError) templ.Component
	// Error answers a request whose page failed before its first byte, so
	// that the status can still be set. Only Handler calls it. Nil means a
	// 500 without details, and a line in slog.Default.
	Error func(http.ResponseWriter, *http.Request, error)
	// Script says how the script unsuspense reaches the page. Zero means
	// Inline.
	Script Script
	// Trace is told what the response does. Nil means nobody is.
	Trace *Trace
}

// Render sends page with the zero Renderer.
func Render(w http.ResponseWriter, r *http.Request, page templ.Component) error {
	return new(Renderer).Render(w, r, page)
}

// Handler serves page with the zero Renderer.
func Handler(page Page) http.Handler {
	return new(Renderer).Handler(page)
}

func (rd *Renderer) Render(w http.ResponseWriter, r *http.Request, page templ.Component) error {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	return page.Render(r.Context(), w)
}

func (rd *Renderer) Handler(page Page) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := page(w, r)
		if err == nil {
			err = rd.Render(w, r, c)
		}
		if err != nil {
			http.Error(w, "x", 500)
		}
	})
}
