package stream

import (
	"context"
	"io"
	"slices"
	"time"

	"github.com/a-h/templ"
)

// WhilePending returns a component that shows c as long as any boundary of the
// page is pending, and nothing afterwards. The last bytes of the page take c
// away, so it stays on a page that was cut. templates.Incomplete is made of it.
//
// Nothing of c is sent if nothing is pending when the shell leaves, in the modes
// InOrder and Complete, and outside a response. With a templ.Flush behind it c is
// always sent, since what follows is not known then. Within a fallback c is part
// of the fallback.
//
// c is rendered as a fallback is: boundaries within show their own fallbacks.
// It is rendered and sent again if Deadline has moved since.
func WhilePending(c templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return place(ctx, w, Boundary{Fallback: c})
	})
}

// Deadline returns the time at which the last load of the page to which ctx
// belongs ends or fails: the start of Render plus the Renderer's Timeout, or
// later if a boundary that has been met has a longer Timeout of its own. Views
// that are still to be rendered may hold such boundaries, too. A deadline of the
// request comes first.
//
// It reports false if the Renderer's Timeout is negative and the request has no
// deadline, and outside a response. It may be called by any goroutine.
func Deadline(ctx context.Context) (time.Time, bool) {
	owner, _ := ctx.Value(ownerKey{}).(*boundary)
	if owner == nil || owner.resp == nil {
		return time.Time{}, false
	}
	p := owner.resp
	p.loads.mu.Lock()
	if !p.loads.ended {
		p.open(ctx)
	}
	p.loads.mu.Unlock()
	t := p.lastDeadline()
	return t, !t.IsZero()
}

// lastDeadline is Deadline, or zero.
func (p *response) lastDeadline() time.Time {
	p.loads.mu.Lock()
	defer p.loads.mu.Unlock()
	limit, limited := p.ctx.Deadline()
	switch last := p.loads.latest; {
	case p.deadline.IsZero() || !last.After(p.deadline):
		return p.deadline
	case limited && limit.Before(last):
		return limit
	default:
		return last
	}
}

// pending reports whether m is of a boundary whose content is still to come.
func (m mark) pending() bool { return !m.ready }

// fillable reports whether m is of a boundary whose content can be shown.
func (m mark) fillable() bool { return m.ready && !m.b.notice }

// allArrived reports whether nothing is pending but notices.
func (p *response) allArrived() bool {
	return p.pending == 0 && !slices.ContainsFunc(p.marks, mark.pending)
}

// awaitEnd notes that the markers of b, a notice, are among the bytes to be sent.
func (p *response) awaitEnd(b *boundary) {
	if len(p.notices) == 0 {
		p.noticed = p.lastDeadline()
	}
	p.notices = append(p.notices, b)
}

// renewNotices sends the notices again if they were told a deadline that is not
// the last any more.
func (p *response) renewNotices() {
	if len(p.notices) == 0 {
		return
	}
	if !p.lastDeadline().After(p.noticed) {
		return
	}
	notices := p.notices
	p.notices = nil
	for _, b := range notices {
		p.bytes = appendChunkStart(p.bytes, b)
		p.placeholder(b)
		p.bytes = appendChunkEnd(p.bytes)
	}
}

// sendEnd sends the end of the page, of which nothing is pending any more. It
// takes the notices away: they go last, so that they stay on a page that is cut.
func (p *response) sendEnd() error {
	for _, b := range p.notices {
		p.bytes = appendChunkEnd(appendChunkStart(p.bytes, b))
	}
	p.notices = nil
	p.bytes = append(p.bytes, p.tail...)
	return p.writeLast()
}
