package stream

import (
	"cmp"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
)

// fail ends a response whose page has failed with err. If answerable is false,
// something was sent, and fail cuts the response. Otherwise it answers.
func (p *response) fail(err error, answerable bool) {
	p.result = err
	if hasLeft(p.ctx) {
		panic(http.ErrAbortHandler)
	}
	e := decides(err)
	if !answerable || p.rd.ErrorHandler == nil && (e == nil || e.Code >= 500) {
		p.rd.logger().ErrorContext(p.ctx, "stream: page failed", slog.String("path", p.r.URL.Path), slog.Any("error", err))
	}
	if !answerable {
		panic(http.ErrAbortHandler)
	}
	p.answer(err)
}

// answer sends what stands in for a page that has failed with err: what the
// ErrorHandler writes, or the text of the status.
func (p *response) answer(err error) {
	// p.page holds the status that is dropped, and loads may still use it.
	w := &pageWriter{ResponseWriter: p.out.w, p: p}
	p.header.begin(p, true) // from here on no load uses it
	p.uncacheFailed()
	p.varyDecided(err)
	w.boundBody() // in a large Write the server waits for the body
	whole := false
	defer func() {
		if !whole { // the ErrorHandler has panicked, and a middleware may recover
			w.cut()
		}
	}()
	code := prepareAnswer(w, err)
	w.prepared = true
	if p.rd.ErrorHandler != nil {
		p.rd.ErrorHandler(w, p.answerRequest(), err)
	} else {
		plainAnswer(w, code)
	}
	w.finish()
	if p.loads.busy() && !w.hijacked {
		w.Flush() // else it would wait for the loads as well
	}
	whole = true
}

// answerRequest returns the request that the ErrorHandler is called with.
func (p *response) answerRequest() *http.Request {
	if r := p.pageReq; r != nil && !p.loads.idle() {
		p.pageReq = nil // a load may be parsing it
		defer func() { p.pageReq = r }()
	}
	return p.request()
}

// prepareAnswer sets the status of the answer to a page that has failed with err,
// and the target of a redirect. It returns the status.
func prepareAnswer(w http.ResponseWriter, err error) (code int) {
	code = http.StatusInternalServerError
	if e := decides(err); e != nil {
		code = e.Code
		if e.isRedirect() {
			// http.Redirect would resolve a relative target in another way than
			// the browser does after the first byte.
			w.Header().Set("Location", e.location())
		}
	}
	w.WriteHeader(code)
	return code
}

// plainAnswer writes the body of the answer if there is no ErrorHandler.
func plainAnswer(w http.ResponseWriter, code int) {
	text := cmp.Or(http.StatusText(code), "Error") + "\n"
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(text))) // the answer is whole before the loads have returned
	h.Del("Content-Encoding")
	_, _ = io.WriteString(w, text)
}

// varyDecided names in Vary what the mode depends on, if err has decided the page. A
// cache may store a 404 or a 301 that has no other header for it. In another mode, the
// same error may not decide the page.
func (p *response) varyDecided(err error) {
	if !p.page.taken.Load() || decides(err) == nil {
		return
	}
	p.varyByKeys()
	setVary(p.out.w.Header(), p.vary)
}

// uncacheFailed prevents caches from storing the answer to a page that has
// failed.
func (p *response) uncacheFailed() {
	if h := p.out.w.Header(); uncache(h) {
		h.Set("Cache-Control", "no-store")
	}
}

// uncache removes the headers that were set for a page that did not fail: those
// that let caches store it, and its validators, digests and length. It reports
// whether there were any.
func uncache(h http.Header) (found bool) {
	for key := range h {
		// A key that was set in the map may not be canonical, such as ETag.
		name := http.CanonicalHeaderKey(key)
		switch name {
		case "Cache-Control", "Expires", "Age", "Pragma", "Surrogate-Control", "Edge-Control", "X-Accel-Expires",
			"Etag", "Last-Modified", "Accept-Ranges", "Content-Length",
			"Content-Digest", "Repr-Digest", "Digest", "Content-Md5":
		default:
			// RFC 9213, and similar headers of single networks.
			if !strings.HasSuffix(name, "Cdn-Cache-Control") {
				continue
			}
		}
		delete(h, key)
		found = true
	}
	return found
}
