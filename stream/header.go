package stream

import (
	"context"
	"errors"
	"net/http"
	"sync"
)

// ErrSent is the error of Header when the headers have left.
var ErrSent = errors.New("stream: the headers have left")

// Header calls f with the header of the response to which ctx belongs, so that a
// load can set cookies and other fields. It returns ErrSent if the headers have
// left. A load can be sure to come in time if its boundary is Critical. Header also
// returns an error outside a response.
//
// Any number of loads may call Header at the same time. While a Page is running,
// the header is its own. Header then returns nil at once, and the goroutine of the
// Page calls f when the Page returns or begins to answer by itself. f must not keep
// the header, and must not call Header or Preload.
func Header(ctx context.Context, f func(http.Header)) error {
	owner := ownerOf(ctx)
	if owner == nil || owner.resp == nil {
		return errors.New("stream: Header outside a response")
	}
	h := &owner.resp.header
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.left {
		return ErrSent
	}
	owner.resp.setHeader(f)
	return nil
}

// A header says who may use the header of a response.
type header struct {
	mu   sync.Mutex
	left bool        // it was sent
	open bool        // the Page no longer uses it
	rare *headerMore // nil until it is needed
}

// headerMore is what few responses record of their header.
type headerMore struct {
	early    []func(http.Header) // given to Header while the Page used it
	preloads map[string]struct{} // all URLs
	unsent   []preload           // not sent yet; before the header leaves, they are in it
}

// more returns h.rare, and makes it if needed. h.mu is held.
func (h *header) more() *headerMore {
	if h.rare == nil {
		h.rare = new(headerMore)
	}
	return h.rare
}

// setHeader calls f with the header of p, which has not left, as soon as the Page no
// longer uses it. p.header.mu is held.
func (p *response) setHeader(f func(http.Header)) {
	h := &p.header
	if p.page.p != nil && !h.open {
		h.more().early = append(h.more().early, f)
		return
	}
	f(p.out.w.Header())
}

// begin lets loads use the header of p, since its Page no longer does. If last is
// true, the header leaves.
func (h *header) begin(p *response, last bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open = true
	if h.rare != nil {
		early := h.rare.early
		h.rare.early = nil
		for _, f := range early {
			f(p.out.w.Header())
		}
		if last && !h.left {
			h.rare.unsent = nil
		}
	}
	h.left = h.left || last
}
