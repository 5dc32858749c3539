package stream

import (
	"encoding/json"
	"strings"

	"github.com/a-h/templ"
)

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
// chunk, so that it needs neither a marker nor a script. A script makes it faster.
func (p *response) redirectLate(err error) error {
	e := decides(err)
	if e == nil || !e.isRedirect() || !p.out.committed {
		return err
	}
	p.err, p.verdict, p.redirected, p.noindex = nil, nil, true, false
	p.drop()
	if p.mode == Multipart {
		return p.sendRedirect(e.location())
	}
	p.bytes = getBytes()
	if p.tail == nil {
		p.bytes = append(p.bytes, closing...)
	}
	p.bytes = appendRefresh(p.bytes, e.location())
	if nonce := p.origin.nonce; nonce != "" && !p.rd.Script.none {
		p.bytes = Script{}.appendElement(p.bytes, leaveNow(e.location()), nonce)
	}
	return p.sendEnd()
}

// leaveNow is a script that navigates to target at once. Browsers obey a refresh only
// when the page has loaded, with all its images. The script needs a nonce, since a
// policy would report one that it does not allow.
func leaveNow(target string) string {
	quoted, _ := json.Marshal(target) // escapes <, > and &
	return "location.replace(" + string(quoted) + ")"
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

// noindexElement keeps search engines from indexing a page whose status has left too
// early.
const noindexElement = `<meta name="robots" content="noindex">`
