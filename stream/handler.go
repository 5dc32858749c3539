package stream

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/a-h/templ"
)

// A Page makes the component for one request. It may set headers and cookies on
// w, and the status: WriteHeader keeps the status back until the page leaves. A
// failed Page is answered by Renderer.ErrorHandler; the status that it has set is
// dropped.
//
// A Page that answers by itself, with a redirect, a file or a stream, returns
// neither a component nor an error. Its answer passes through as it is, with no
// header of a page; without one it is empty. What has been written to w cannot
// be taken back: if the Page then returns a component or an error all the same,
// the response is cut and the error logged.
//
// The context of r is the one that Trace.Start returned. Work that Go or
// suspense.Start begins with it belongs to the response, even if the Page answers
// by itself: it has the deadline of the Renderer's Timeout, its context ends with
// the response, and the response waits for it.
//
// Loads must not touch w: they run at the same time, and a header is a map. Once
// the first has started and the Page has returned, w.Header returns an empty
// header that goes nowhere, and a line in the log says so. Two
// loads that use a header which the Page has kept, or the writer of a framework,
// at the same time end the process.
type Page func(w http.ResponseWriter, r *http.Request) (templ.Component, error)

// Component returns a Page that answers every request with c. What c shows may
// still depend on the request, by the context that c is rendered with.
func Component(c templ.Component) Page {
	return func(http.ResponseWriter, *http.Request) (templ.Component, error) { return c, nil }
}

// Handler serves page with the zero Renderer.
func Handler(page Page) http.Handler {
	return new(Renderer).Handler(page)
}

// Handler serves page. A page that fails before its first byte is answered by
// rd.ErrorHandler; one that fails later is cut by a panic with http.ErrAbortHandler, so
// that no client and no cache takes it for whole. A client that has left gets no
// answer.
//
// Handler panics if page is nil. The handler may serve any number of requests at
// once, and calls page from the goroutine of each.
func (rd *Renderer) Handler(page Page) http.Handler {
	if page == nil {
		panic("stream: Handler with a nil Page")
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { rd.serve(w, r, page) })
}

var errAnsweredTwice = errors.New("stream: the Page has answered by itself and returned a component")

// serve answers r with what page makes, or with what it has answered by itself.
func (rd *Renderer) serve(w http.ResponseWriter, r *http.Request, page Page) {
	p := newResponse(rd, w, r)
	defer p.done()
	p.page.ResponseWriter, p.page.p = w, p
	defer p.endLoads() // of the Page itself, which may have answered by itself
	defer func() {
		if p.result == errPanicked && !p.page.Written() && !p.out.committed {
			// Whoever recovers may answer.
			p.uncacheFailed()
		}
		if p.result != nil {
			p.page.cut()
		}
	}()
	c, err := p.call(page)
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

// call calls page with a request whose context belongs to the response.
func (p *response) call(page Page) (templ.Component, error) {
	r := p.request()
	defer func() {
		// The ErrorHandler finds the forms, and the server removes the files of
		// those that it knows of.
		p.r.Form, p.r.PostForm, p.r.MultipartForm = r.Form, r.PostForm, r.MultipartForm
	}()
	return page(&p.page, r)
}

// request returns the request for functions of the caller. A response that waits
// does not keep it.
func (p *response) request() *http.Request {
	return p.r.WithContext(&requestContext{p.ctx, p})
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
		p.rd.ErrorHandler(w, p.request(), err)
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
