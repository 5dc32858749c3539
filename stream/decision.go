package stream

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// A StatusError is an error that decides the status of the page. NotFound, Status
// and Redirect make it. A Page, a load, a view, a sequence and the function of a
// suspense.Start can return it, also wrapped in other errors.
//
// Before the first byte of the page it is the answer: Renderer.ErrorHandler
// receives the error, and the contexts of all loads end. If several boundaries
// decide, the first in document order among those that are known at that moment
// wins. An error of a boundary in content that is not shown, because its view has
// failed, decides nothing.
//
// After the first byte, the status has left. A redirect then ends the page with a
// meta element that makes the browser navigate, and the loads of the page are
// canceled. It cannot set cookies any more. With any other code the boundary shows
// its error view, and a meta element that keeps search engines from indexing the
// page. A page component that returns such an error after a templ.Flush is cut.
//
// Outside a response a StatusError is an error like any other. So is, everywhere, one
// whose fields Status and Redirect would refuse.
type StatusError struct {
	Code     int    // the status
	Location string // the target of a redirect; "" for other codes
	Err      error  // the cause, for the log; nil if there is none
}

// Error returns the code with its text, the target, and the cause. It is for logs,
// not for pages.
func (e *StatusError) Error() string {
	s := fmt.Sprintf("%d %s", e.Code, http.StatusText(e.Code))
	if e.Location != "" {
		s += " to " + e.Location
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause, e.Err.
func (e *StatusError) Unwrap() error { return e.Err }

// NotFound returns an error that makes the page a 404. err is the cause, for the
// log, and may be nil. See StatusError.
func NotFound(err error) error { return Status(http.StatusNotFound, err) }

// Status returns an error that decides the status of the page. code is 400 to 599.
// With any other code the error decides nothing. err is the cause, for the log, and
// may be nil. See StatusError.
func Status(code int, err error) error {
	if !isErrorCode(code) {
		return fmt.Errorf("stream: %d is not the status of an error", code)
	}
	return &StatusError{Code: code, Err: err}
}

// Redirect returns an error that makes the page a redirect to target, with the code
// 301, 302, 303, 307 or 308. target is a URL of the scheme http or https, or
// relative to the page. With any other code or target the error decides nothing.
// See StatusError.
//
// The target may be on another host. A program that takes it from the request has
// to check that first.
func Redirect(target string, code int) error {
	if !isRedirectCode(code) {
		return fmt.Errorf("stream: %d is not the status of a redirect", code)
	}
	location, err := locationOf(target)
	if err != nil {
		return err
	}
	return &StatusError{Code: code, Location: location}
}

// isErrorCode reports whether code is the status of an error.
func isErrorCode(code int) bool { return code >= 400 && code <= 599 }

// isRedirectCode reports whether code is the status of a redirect.
func isRedirectCode(code int) bool {
	switch code {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// locationOf returns target as it can stand in the field Location, or an error if a
// redirect must not lead there.
func locationOf(target string) (string, error) {
	u, err := url.Parse(target)
	switch {
	case err != nil:
		return "", fmt.Errorf("stream: redirect: %w", err)
	case target == "", u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https", u.Opaque != "", u.Scheme != "" && u.Host == "":
		return "", fmt.Errorf("stream: redirect to %q, which is neither relative nor an http URL", target)
	}
	return asciiURL(u.String()), nil
}

// asciiURL escapes the characters that a header cannot have, or a client reads in its
// own way. Package url leaves them in a query.
func asciiURL(s string) string {
	odd := func(c byte) bool { return c <= ' ' || c >= 0x7f }
	var b strings.Builder
	for i := range len(s) {
		if odd(s[i]) {
			fmt.Fprintf(&b, "%%%02X", s[i])
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// decides returns the StatusError in err, or nil if there is none that can decide.
// The methods of err may panic, as those of a nil pointer may.
func decides(err error) (e *StatusError) {
	if err == nil {
		return nil
	}
	_ = safely(func() error {
		errors.As(err, &e)
		return nil
	})
	if e == nil || !e.isValid() {
		return nil
	}
	return e
}

// isValid reports whether Status or Redirect could have made e. The fields are
// exported, so a program can set others.
func (e *StatusError) isValid() bool {
	if e.Location == "" {
		return isErrorCode(e.Code)
	}
	_, err := locationOf(e.Location)
	return isRedirectCode(e.Code) && err == nil
}

// location returns e.Location as Redirect would have set it.
func (e *StatusError) location() string {
	location, _ := locationOf(e.Location)
	return location
}

// isRedirect reports whether e is a redirect.
func (e *StatusError) isRedirect() bool { return e.Location != "" }

// A Decision is an error that has decided the status of a page, for a Trace.
type Decision struct {
	Boundary BoundaryInfo // the boundary that has failed with it; zero for the Page and its component
	Err      *StatusError
	Late     bool // after the first byte, so the status was not sent
}

// A verdict is an error that decides the page, and the boundary that has failed
// with it.
type verdict struct {
	b   *boundary
	err error
}

// decide records that b has failed with err. It reports whether that ends the page:
// err is a StatusError before the first byte, or a redirect. The page ends when the
// response is about to wait or to write, since a boundary that stands before b may
// be known to decide, too.
func (p *response) decide(b *boundary, err error) (ends bool) {
	e := decides(err)
	if e == nil {
		return false
	}
	if p.out.committed && !e.isRedirect() {
		p.noindex = true
		p.tellDecision(b.info(), e)
		return false
	}
	if p.verdict == nil || b.standing().before(p.verdict.b.standing()) {
		p.verdict = &verdict{b, err}
	}
	return true
}

// standing returns b or, if b loads in place and so has no position of its own, the
// boundary in whose content it stands.
func (b *boundary) standing() *boundary {
	for b.inPlace {
		b = b.parent
	}
	return b
}

// judge ends the page if a boundary has decided it. It returns the error that ends
// the page, or nil.
func (p *response) judge() error {
	if v := p.verdict; v != nil && p.err == nil {
		p.tellDecision(v.b.info(), decides(v.err))
		p.err = &BoundaryError{ID: v.b.info().ID, Name: v.b.Name, Err: v.err, Expected: v.b.expects(v.err)}
	}
	return p.err
}

// tellDecision calls Trace.Decided.
func (p *response) tellDecision(b BoundaryInfo, e *StatusError) {
	if p.trace.Decided != nil {
		p.trace.Decided(p.ctx, Decision{Boundary: b, Err: e, Late: p.out.committed})
	}
}

// redirectLate ends the page, which has begun, with a redirect if err is one.
// Otherwise it returns err. The redirect stands in the page itself and not in a
// chunk, so that it needs neither a marker nor a script.
func (p *response) redirectLate(err error) error {
	e := decides(err)
	if e == nil || !e.isRedirect() || !p.out.committed {
		return err
	}
	p.err, p.verdict, p.leaving, p.noindex = nil, nil, true, false
	putBytes(p.bytes)
	p.bytes = getBytes()
	if p.tail == nil {
		p.bytes = append(p.bytes, closing...)
	}
	p.bytes = appendRefresh(p.bytes, e.location())
	return p.sendEnd()
}

// closing closes the elements in which tags are text, or are ignored, since the
// shell was not sent whole. Where they are not open, it has no effect.
const closing = `</title></textarea></style></noscript></select></template>`

// appendRefresh appends a meta element that navigates to target, see
// https://html.spec.whatwg.org/multipage/semantics.html#attr-meta-http-equiv-refresh.
func appendRefresh(dst []byte, target string) []byte {
	target = strings.ReplaceAll(target, "'", "%27") // it stands in quotes
	dst = append(dst, `<meta http-equiv="refresh" content="0;url='`...)
	dst = append(dst, templ.EscapeString(target)...)
	return append(dst, `'">`...)
}

// noindex keeps search engines from indexing a page whose status has left too
// early.
const noindex = `<meta name="robots" content="noindex">`

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
