package stream

import (
	"errors"
	"net/http"
	"strings"

	"github.com/a-h/templ"
)

// A Page returns the component for one request. It may set headers, cookies and
// the status on w. WriteHeader holds the status back until the page is sent, except
// for 103 Early Hints, which are sent at once. If the Page returns an error,
// Renderer.ErrorHandler answers the request, and the status that was held back is
// dropped. NotFound, Status and Redirect make errors that decide the status.
//
// A Page may answer by itself, with a redirect, a file or a stream. It then
// returns neither a component nor an error. Its answer is sent unchanged, without
// the headers of a page. If it has written nothing, the answer is empty. A Page
// that has written something and returns a component or an error is a mistake:
// the response is cut and the error is logged.
//
// The context of r is the one that Trace.Start returned. Work that Go or
// suspense.Start begins with it belongs to the response, even if the Page answers
// by itself: it has the deadline of the Renderer's Timeout, its context ends with
// the response, and the response waits for it.
//
// Loads must not use w: they run at the same time, and a header is a map. They can
// use the function Header. After the Page has returned and a load has started,
// w.Header returns an empty header that is not sent, and a warning is logged.
// Nothing protects a header that the Page has kept, or the writer of a framework:
// two loads that use it at the same time crash the process.
type Page func(w http.ResponseWriter, r *http.Request) (templ.Component, error)

// Component returns a Page that answers every request with c. The content of c
// may still depend on the request, through the context that c is rendered with.
func Component(c templ.Component) Page {
	return func(http.ResponseWriter, *http.Request) (templ.Component, error) { return c, nil }
}

// Handler serves page with the zero Renderer.
func Handler(page Page) http.Handler {
	return new(Renderer).Handler(page)
}

// Handler serves page. If the page fails before its first byte, rd.ErrorHandler
// answers the request. If it fails later, Handler cuts it by a panic with
// http.ErrAbortHandler, so that no client and no cache takes it for whole. A
// client that has left gets no answer.
//
// Handler panics if page is nil. The handler may serve any number of requests at
// once, and calls page from the goroutine of each.
func (rd *Renderer) Handler(page Page) http.Handler {
	if page == nil {
		panic("stream: Handler with a nil Page")
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { rd.serve(w, r, page) })
}

var errAnsweredTwice = errors.New("stream: component from a Page that has already answered by itself")

// serve calls page and sends the component that it returns, unless page answers
// by itself.
func (rd *Renderer) serve(w http.ResponseWriter, r *http.Request, page Page) {
	p := newResponse(rd, w, r)
	defer p.done()
	p.page.ResponseWriter, p.page.p = w, p
	defer p.endLoads() // run has ended them unless the Page answered by itself or failed
	defer func() {
		if p.result == errPanicked && !p.page.Written() && !p.out.committed {
			// A middleware that recovers the panic may answer.
			p.header.begin(p, true)
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
		if p.loads.busy() && !p.page.hijacked {
			p.page.Flush() // else it would wait for the work as well
		}
	case err == nil && !p.page.Written():
		p.serveComponent(c)
	case err == nil:
		p.fail(errAnsweredTwice, false)
	default:
		if e := decides(err); e != nil && !p.page.Written() {
			p.tellDecision(BoundaryInfo{}, e)
		}
		p.fail(err, !p.page.Written())
	}
}

// call calls page with a request whose context belongs to the response.
func (p *response) call(page Page) (templ.Component, error) {
	r := p.request()
	defer func() {
		idle := p.loads.idle()
		if idle {
			p.takeForms(r)
		}
		if !idle || strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
			p.pageReq = r // which is parsed just now, or perhaps by a load
		}
	}()
	return page(&p.page, r)
}

// takeForms takes the forms of r, so that the ErrorHandler has them, and the server
// removes the files of the multipart form.
func (p *response) takeForms(r *http.Request) {
	p.r.Form, p.r.PostForm, p.r.MultipartForm = r.Form, r.PostForm, r.MultipartForm
}

// takeLateForms takes the forms that were parsed behind the Page's back, once
// nothing can be parsing them.
func (p *response) takeLateForms() {
	if p.pageReq != nil && p.loads.idle() {
		p.takeForms(p.pageReq)
		p.pageReq = nil
	}
}

// request returns the request that functions of the caller are called with. A
// waiting response holds it only for its forms, so it is made for each call.
func (p *response) request() *http.Request {
	if p.pageReq != nil {
		return p.pageReq
	}
	return p.r.WithContext(&requestContext{p.ctx, p})
}

// serveComponent sends c, which the Page has returned.
func (p *response) serveComponent(c templ.Component) {
	p.header.begin(p, false)
	p.page.taken.Store(true)
	if err := p.run(c); errors.Is(err, ErrShell) {
		p.fail(err, true)
	} else if err != nil {
		panic(http.ErrAbortHandler)
	}
}
