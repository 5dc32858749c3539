package stream

import (
	"cmp"
	"net/http"
	"strings"

	writers "github.com/rivulet-go/rivulet/internal/transport"
)

// commit sets the headers of a page, before they leave with its first bytes,
// which may be all of it. It returns the status that is to be sent, or zero if
// that is left to the server or was sent by the caller.
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
	if p.idVary != "" && !last { // else there are no ids in it
		h.Add("Vary", p.idVary)
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

// uncache takes from h, set for a page that did not fail, what lets caches keep
// it and what says that it is that page. It reports whether there was anything.
func uncache(h http.Header) (found bool) {
	for key := range h {
		// Some write the key of a header as it is pronounced, such as ETag.
		name := http.CanonicalHeaderKey(key)
		switch name {
		case "Cache-Control", "Expires", "Age", "Pragma", "Surrogate-Control", "Edge-Control", "X-Accel-Expires",
			"Etag", "Last-Modified", "Accept-Ranges", "Content-Length",
			"Content-Digest", "Repr-Digest", "Digest", "Content-Md5":
		default:
			// RFC 9213, and the like of single networks.
			if !strings.HasSuffix(name, "Cdn-Cache-Control") {
				continue
			}
		}
		delete(h, key)
		found = true
	}
	return found
}
