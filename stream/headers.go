package stream

import (
	"cmp"
	"net/http"
	"strings"

	writers "github.com/rivulet-go/rivulet/internal/transport"
)

// commit sets the headers of a page before its first bytes are sent. last says
// that these bytes are the whole page. commit returns the status to be sent, or
// zero if the caller has sent one or the server chooses it.
func (p *response) commit(last bool) (status int) {
	known, sent := writers.Status(p.out.w)
	if status = int(p.page.held.Load()); sent {
		status = 0
	} else {
		ours := p.mode == Complete && p.failed.Load() && status == 0 && (known == 0 || known == http.StatusOK)
		if ours {
			status = http.StatusInternalServerError
		}
		h := p.out.w.Header()
		if p.failed.Load() {
			uncache(h)
			h.Set("Cache-Control", "no-store")
		}
		p.setHeaders(h, last)
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
	if p.idVary != "" && !last { // a page that is sent at once has no ids in it
		h.Add("Vary", p.idVary)
	}
	// Without a charset, Firefox shows nothing until it has 1 KB.
	if h["Content-Type"] == nil {
		h.Set("Content-Type", "text/html; charset=utf-8")
	}
	if p.mode != Complete {
		// nginx and similar proxies then pass the bytes on as they come.
		h.Set("X-Accel-Buffering", "no")
	}
	if p.timing != nil {
		p.timing.begin(h, p.r, last)
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
