package stream

import (
	"cmp"
	"net/http"
)

// commit sets the headers of a page, before they leave with its first bytes,
// which may be all of it. It returns the status that is to be sent, or zero if
// that is left to the server or was sent by the caller.
func (p *response) commit(last bool) (status int) {
	known, sent := statusOf(p.out.w)
	if status = int(p.page.held.Load()); sent {
		status = 0
	} else {
		ours := p.mode == Complete && p.failed.Load() && status == 0 && (known == 0 || known == http.StatusOK)
		if ours {
			status = http.StatusInternalServerError
		}
		p.setHeaders(p.out.w.Header(), last)
	}
	if p.trace.Status != nil {
		p.trace.Status(p.ctx, cmp.Or(status, known, http.StatusOK))
	}
	return status
}

// setHeaders sets the headers of a page.
func (p *response) setHeaders(h http.Header, last bool) {
	if p.vary != "" {
		h.Add("Vary", p.vary)
	}
	// Without the charset Firefox shows nothing before it has 1 KB.
	if h["Content-Type"] == nil {
		h.Set("Content-Type", "text/html; charset=utf-8")
	}
	if p.mode != Complete {
		// nginx and its kin pass the bytes on as they come.
		h.Set("X-Accel-Buffering", "no")
	}
	if p.timing != nil {
		p.timing.begin(h, p.r, last)
	}
}
