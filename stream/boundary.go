package stream

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"github.com/a-h/templ"
)

// A Boundary is a region of the page whose content may come later. It is what
// the components of package suspense are made of, and what another vocabulary
// of components could be made of.
type Boundary struct {
	// Name is for logs and traces; it is never sent to the browser.
	Name string
	// Fallback stands in the boundary until its content comes. Nil means
	// nothing does. A boundary within a fallback shows its own fallback and
	// loads nothing.
	Fallback templ.Component
	// Timeout counts from the moment the boundary is met, time in the queue
	// of a Limit included. Zero means the Renderer's Timeout applies.
	Timeout time.Duration
	// OnError makes what a failed boundary shows. Nil means the Renderer's
	// ErrorView does.
	OnError func(*BoundaryError) templ.Component
	// Load does the slow work and returns the view. It runs in its own
	// goroutine, together with the other loads of the page. The view is
	// rendered by the goroutine of the response.
	//
	// Its context has the values of the place where the boundary was met.
	// It ends when the response does, when the boundary's time has passed
	// (the cause then matches ErrTimeout), or when the boundary around it
	// has failed; it does not end because Load has returned.
	Load func(context.Context) (templ.Component, error)
}

// Place puts b where ctx and w stand, the arguments of a component's Render.
// It starts b's load and returns at once; the response does the rest.
//
// Outside a response, or where w is a writer that some component has put
// around Rivulet's, b loads and renders in place: Place then returns when its
// content or its error view has been written.
//
// Place panics if b.Load is nil.
func Place(ctx context.Context, w io.Writer, b Boundary) error {
	if b.Load == nil {
		panic("stream: Boundary without a Load")
	}
	f, buf := fragmentOf(w)
	switch {
	case f != nil && f.kind == fallbackFragment, f == nil && ctx.Value(fallbackKey{}) != nil:
		if b.Fallback == nil {
			return nil
		}
		return b.Fallback.Render(templ.ClearChildren(ctx), w)
	case f == nil || f.resp == nil:
		return placeInPlace(ctx, w, b)
	case f.resp.headOnly():
		return nil
	}
	// A goroutine that outlives its component holds a w that may be another
	// response's by now.
	if owner, _ := ctx.Value(ownerKey{}).(*boundary); owner != nil && owner.resp != f.resp {
		return errClosed
	}
	if err := drain(buf); err != nil {
		return err
	}
	nb := &boundary{Boundary: b, resp: f.resp, parent: f.owner}
	if err := f.resp.loads.add(ctx, f, nb); err != nil {
		return err
	}
	f.marks = append(f.marks, mark{len(f.bytes), nb})
	return nil
}

// A boundary is a Boundary that has been met. One without a parent is the page
// itself. It is never reused: its contexts may outlive the response.
type boundary struct {
	Boundary
	resp   *response // nil outside a response
	parent *boundary
	index  int // among its parent's children, from 1
	load   placeContext
	view   placeContext
	state  templState         // of load
	end    context.CancelFunc // of a Timeout of its own
	next   *boundary          // in the order in which they were met

	inPlace   bool                   // it loads in place and has no id
	fragments *templ.FragmentContext // then: what templ.RenderFragments asks of its load
	task      *task                  // then: its load, once abandoned

	result struct { // of the goroutine of the load
		view templ.Component
		err  error
	}

	settled atomic.Bool // content and err are known
	failed  atomic.Bool // its subtree has ended

	// Guarded by resp.loads.mu until settled.
	phase     loadPhase
	abandoned bool // settled by its timeout while it was loading
	children  int
	subtree   *[2]scope // nil until it is needed
	content   templ.Component
	err       error

	// Of the goroutine of the response.
	sent   bool // its markers are on the wire
	filled bool // its content has been rendered
}

type loadPhase uint8

const (
	queued loadPhase = iota
	loading
	returned
)

// A scope is a context that ends when a boundary fails, before its parent's.
type scope struct {
	ctx context.Context
	end context.CancelCauseFunc
}

// A scopeKind tells the two scopes of a boundary's children apart.
type scopeKind int

const (
	timed   scopeKind = iota // with the deadline of the response
	untimed                  // without it, for those with a Timeout of their own
)

// scopeKind returns in which of its parent's scopes b loads.
func (b *boundary) scopeKind() scopeKind {
	if b.Timeout > 0 {
		return untimed
	}
	return timed
}

// scope returns the context that the loads of b's children end with. It is
// made when it is first needed; once b has failed, what its error view places
// belongs to the surroundings of b.
func (b *boundary) scope(kind scopeKind) context.Context {
	switch {
	case b.parent == nil:
		return b.resp.scope(kind)
	case b.failed.Load():
		return b.parent.scope(kind)
	}
	if b.subtree == nil {
		b.subtree = new([2]scope)
	}
	s := &b.subtree[kind]
	if s.ctx == nil {
		s.ctx, s.end = context.WithCancelCause(b.parent.scope(kind))
	}
	return s.ctx
}

// closeSubtree ends what b has started, because b has failed.
func (b *boundary) closeSubtree() {
	b.failed.Store(true)
	if b.subtree == nil {
		return
	}
	for _, s := range b.subtree {
		if s.end != nil {
			s.end(errSurroundings)
		}
	}
}

var errSurroundings = errors.New("the boundary around it failed")

func (b *boundary) info() BoundaryInfo {
	if b.inPlace {
		return BoundaryInfo{Name: b.Name}
	}
	return BoundaryInfo{ID: string(b.appendID(nil)), Name: b.Name}
}

// before reports whether b stands before c in the page, or around it.
func (b *boundary) before(c *boundary) bool {
	db, dc := b.depth(), c.depth()
	deeper := db > dc
	for ; db > dc; db-- {
		b = b.parent
	}
	for ; dc > db; dc-- {
		c = c.parent
	}
	if b == c {
		return !deeper
	}
	for b.parent != c.parent {
		b, c = b.parent, c.parent
	}
	return b.index < c.index
}

func (b *boundary) depth() (n int) {
	for ; b.parent != nil; b = b.parent {
		n++
	}
	return n
}
