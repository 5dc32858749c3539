package stream

import (
	"context"
	"io"
	"time"

	"github.com/a-h/templ"
)

// WhilePending returns a component that shows c as long as any boundary of the
// page is pending, and nothing afterwards. The last bytes of the page remove c, so
// c stays on a page that was cut. templates.Incomplete is made of WhilePending.
//
// In the mode Multipart, c is one element, which the last part removes. c is not sent
// in the modes InOrder and Complete, outside a response, and if nothing is pending when
// the shell leaves. If a templ.Flush follows, c is sent even if nothing is pending,
// since the rest of the page is not known yet. Within a fallback, c is part of the
// fallback.
//
// c is rendered like a fallback: boundaries within it show their own fallbacks.
// If Deadline moves, c is rendered and sent again.
func WhilePending(c templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return place(ctx, w, Boundary{Fallback: c})
	})
}

// Deadline returns the time by which all loads of the page to which ctx belongs
// have ended or failed. It is the end of the Renderer's Timeout, or later if a
// boundary that has been met has a Timeout of its own that ends later. It moves when
// a view is rendered that contains such a boundary. It is never later than the
// deadline of the request.
//
// Deadline reports false outside a response, and if the Renderer's Timeout is
// negative and the request has no deadline. Any goroutine may call it.
func Deadline(ctx context.Context) (time.Time, bool) {
	owner := ownerOf(ctx)
	if owner == nil || owner.resp == nil {
		return time.Time{}, false
	}
	p := owner.resp
	p.loads.mu.Lock()
	if !p.loads.ended {
		p.loads.open(p.ctx)
	}
	p.loads.mu.Unlock()
	t := p.lastDeadline()
	return t, !t.IsZero()
}

// lastDeadline returns the Deadline of the page, or zero if there is none.
func (p *response) lastDeadline() time.Time {
	p.loads.mu.Lock()
	defer p.loads.mu.Unlock()
	return p.loads.life.last(p.ctx)
}
