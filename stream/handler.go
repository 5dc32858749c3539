package stream

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/a-h/templ"
)

var errAnsweredTwice = errors.New("stream: the Page has answered by itself and returned a component")

// serve answers r with what page makes, or with what it has answered by itself.
func (rd *Renderer) serve(w http.ResponseWriter, r *http.Request, page Page) {
	p := newResponse(rd, w, r)
	defer p.done()
	p.page.ResponseWriter, p.page.p = w, p
	if p.ctx != r.Context() {
		p.r = r.WithContext(p.ctx)
		// The server removes the files of the forms that it knows of.
		defer func() { r.MultipartForm = p.r.MultipartForm }()
	}
	defer func() {
		if p.result == errPanicked && !p.page.Written() && !p.out.committed {
			// Whoever recovers may answer.
			p.uncacheFailed()
		}
		if p.result != nil {
			p.page.cut()
		}
	}()
	c, err := page(&p.page, p.r)
	switch {
	case err == nil && c == nil:
		p.result = nil
		p.page.finish()
	case err == nil && !p.page.Written():
		p.serveComponent(c)
	case err == nil:
		p.fail(errAnsweredTwice, false)
	default:
		p.fail(err, !p.page.Written())
	}
}

// serveComponent sends what a Page has made.
func (p *response) serveComponent(c templ.Component) {
	p.page.taken.Store(true)
	if err := p.run(c); errors.Is(err, ErrShell) {
		p.fail(err, true)
	} else if err != nil {
		panic(http.ErrAbortHandler)
	}
}

// fail answers a request whose page has failed with err, if that is still
// possible.
func (p *response) fail(err error, answerable bool) {
	p.result = err
	if hasLeft(p.ctx) {
		panic(http.ErrAbortHandler)
	}
	if !answerable || p.rd.ErrorHandler == nil {
		p.rd.logger().ErrorContext(p.ctx, "stream: page failed", slog.String("path", p.r.URL.Path), slog.Any("error", err))
	}
	if !answerable {
		panic(http.ErrAbortHandler)
	}
	// The Page's own keeps the status that is dropped, and belongs to loads
	// that were abandoned.
	w := &pageWriter{ResponseWriter: p.out.w, p: p}
	p.uncacheFailed()
	w.boundBody() // the server waits for it in a Write of much
	whole := false
	defer func() {
		if !whole { // it has panicked, and somebody may recover
			w.cut()
		}
	}()
	if p.rd.ErrorHandler != nil {
		p.rd.ErrorHandler(w, p.r, err)
	} else {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
	w.finish()
	whole = true
}

// uncacheFailed keeps caches from keeping the answer to a page that has failed.
func (p *response) uncacheFailed() {
	if h := p.out.w.Header(); uncache(h) {
		h.Set("Cache-Control", "no-store")
	}
}
