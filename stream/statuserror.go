package stream

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
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
// meta element, which browsers follow when the page has loaded. If the page has a
// nonce, a script beside it navigates at once. The loads of the page are canceled.
// Cookies cannot be set any more. With any other code the boundary shows its error
// view, and the page ends with a meta element that keeps search engines from indexing
// it. A page component that returns such an error after a templ.Flush is cut.
//
// Outside a response a StatusError is an error like any other. So is a StatusError
// with fields that Status or Redirect would refuse.
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

// asciiURL escapes the characters that a header cannot have, and those that clients read
// in different ways. Package url leaves them in a query.
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
