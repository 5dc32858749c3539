package layout

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// ErrorHandler returns a function for [stream.Renderer.ErrorHandler] that answers
// with a page of the site. The status of the answer is set already, and so is the
// target of a redirect, whose body no browser shows.
func ErrorHandler(page func(r *http.Request, status int) templ.Component) func(http.ResponseWriter, *http.Request, error) {
	return func(w http.ResponseWriter, r *http.Request, err error) {
		status := http.StatusInternalServerError
		if decided := (*stream.StatusError)(nil); errors.As(err, &decided) {
			if decided.Location != "" {
				return
			}
			status = decided.Code
		}
		if status >= http.StatusInternalServerError {
			slog.ErrorContext(r.Context(), "page failed", "path", r.URL.Path, "error", err)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = page(r, status).Render(r.Context(), w) // it fails if the client has left
	}
}
