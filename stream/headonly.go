package stream

import (
	"cmp"
	"net/http"
)

// headOnly reports whether the answer has no body.
func (p *response) headOnly() bool {
	return p.r.Method == http.MethodHead || p.bodiless()
}

// bodiless reports whether the Page has set a status whose answer has no body.
func (p *response) bodiless() bool {
	status := p.page.held.Load()
	return status == http.StatusNoContent || status == http.StatusNotModified
}

// skips reports whether b is left out, since the answer has no body and does not
// depend on b.
func (p *response) skips(b *Boundary) bool {
	return p.headOnly() && (p.bodiless() || p.mode != Complete && !b.Critical)
}

// sendHeaders sends the status and the headers of a page without a body, whose
// component was rendered into f.
func (p *response) sendHeaders(f *fragment) error {
	if err := p.waitForDeciders(f); err != nil {
		return p.shellError(err)
	}
	if status := p.commit(true); status != 0 {
		p.out.w.WriteHeader(status)
	}
	return nil
}

// waitForDeciders waits for the boundaries at the holes of f, which are those that may
// decide the status of an answer to HEAD. Their content is not sent.
func (p *response) waitForDeciders(f *fragment) error {
	if len(f.holes) == 0 {
		return nil
	}
	err := p.fillUnsent(f)
	p.drop()
	p.releaseAll()
	return err
}

// fillUnsent sets p.bytes to the content of f, which is not sent as it is, and waits
// for the boundaries in it. It returns the error that ends the page, if there is one.
func (p *response) fillUnsent(f *fragment) error {
	p.bytes = getBytes()
	err := p.fillInOrder(f.bytes, f.holes)
	return cmp.Or(p.judge(), err)
}
