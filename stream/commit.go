package stream

import (
	"cmp"
	"net/http"
	"regexp"
	"strings"

	writers "github.com/rivulet-go/rivulet/internal/transport"
)

// commit sets the status and the headers of a page before its first bytes are sent.
// last says that these bytes are the whole page. commit returns the status to be
// sent, or zero if the caller has sent one or the server chooses it.
func (p *response) commit(last bool) (status int) {
	p.loads.leave()
	p.header.begin(p, true)
	known, sent := writers.Status(p.out.w)
	if !sent {
		complete := p.isComplete(last)
		failed := p.shownFailure(complete)
		status = p.chooseStatus(known, failed, complete)
		h := p.out.w.Header()
		p.limitCaching(h, failed)
		p.setHeaders(h, last)
	}
	if p.trace.Status != nil {
		p.trace.Status(p.ctx, cmp.Or(status, known, http.StatusOK))
	}
	return status
}

// isComplete reports whether the page is sent whole, as an answer in parts is whose first
// bytes are its last ones.
func (p *response) isComplete(last bool) bool {
	return p.mode == Complete || p.mode == Multipart && last
}

// shownFailure returns how boundaries have failed, as far as it matters for the
// status. A visitor that navigates gets the 500 of a Complete page whatever shows the
// failure.
func (p *response) shownFailure(complete bool) int32 {
	failed := p.failed.Load()
	if failed == failedWithView && complete && isNavigation(p.r) {
		return failedWithText
	}
	return failed
}

// chooseStatus returns the status of the page, or zero if the server chooses it. known
// is the one that the writer has recorded.
func (p *response) chooseStatus(known int, failed int32, complete bool) int {
	status := int(p.page.held.Load())
	if failed == failedWithText && complete && status == 0 && (known == 0 || known == http.StatusOK) {
		status = http.StatusInternalServerError
	}
	if p.namesKeys() {
		return p.targetStatus(status)
	}
	return status
}

// limitCaching keeps caches from storing a page that shows a failure, and shared caches
// from storing a boundary that was requested by its key. Many of them ignore Vary, and
// would send the boundary, or the 404 for a key that anyone can invent, to visitors
// who ask for the page. The validators and the length that a Page sets are those of
// the page.
func (p *response) limitCaching(h http.Header, failed int32) {
	if failed != failedWithText && !p.namesKeys() {
		return
	}
	control := strings.Join(h.Values("Cache-Control"), ", ")
	uncache(h)
	if failed == failedWithText || !private.MatchString(control) {
		control = "no-store"
	}
	h.Set("Cache-Control", control)
}

// private matches a Cache-Control with which shared caches store nothing.
var private = regexp.MustCompile(`(?i)(^|[\s,])(private|no-store)\s*(,|$)`)

// setHeaders sets the headers of a page.
func (p *response) setHeaders(h http.Header, last bool) {
	p.varyByKeys()
	setVary(h, p.vary)
	if !last { // a page that is sent at once has no ids in it
		setVary(h, p.idVary)
	}
	// Without a charset, Firefox shows nothing until it has 1 KB.
	if p.mode == Multipart && !last {
		h.Set("Content-Type", p.partsType())
	} else if h["Content-Type"] == nil {
		h.Set("Content-Type", "text/html; charset=utf-8")
	}
	if !p.isComplete(last) {
		// nginx and similar proxies then pass the bytes on as they come.
		h.Set("X-Accel-Buffering", "no")
	}
	if p.timing != nil {
		p.timing.begin(h, p.r, last)
	}
}

// isNavigation reports whether the visitor will see the answer to r as a page. A
// script, such as htmx, would not show an answer with the status of an error.
func isNavigation(r *http.Request) bool { return DefaultMode(r) == OutOfOrder }
