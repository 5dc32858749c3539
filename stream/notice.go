package stream

import (
	"context"
	"io"
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

// lastDeadline is Deadline, or zero.
func (p *response) lastDeadline() time.Time {
	p.loads.mu.Lock()
	defer p.loads.mu.Unlock()
	return p.loads.life.last()
}
