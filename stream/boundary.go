package stream

import (
	"context"
	"io"
	"iter"
	"slices"
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
	// of a Limit included, to the end of its load or its sequence. Zero or
	// less means the Renderer's Timeout applies.
	Timeout time.Duration
	// ErrorView makes what a failed boundary shows. Nil means the Renderer's
	// ErrorView does, which also stands in for a view that fails itself. It is
	// called by the goroutine that renders the view.
	ErrorView func(*BoundaryError) templ.Component
	// Load does the slow work and returns the view. It runs in its own
	// goroutine, together with the other loads of the page. The view is
	// rendered by the goroutine of the response.
	//
	// Its context has the values of the place where the boundary was met.
	// It ends when the response does, when the boundary's time has passed
	// (the cause then matches ErrTimeout), when Renderer.Until is done, or
	// when the boundary around it has failed; it does not end because Load has
	// returned.
	//
	// It must not touch the ResponseWriter, whose header is a map: two loads
	// that set cookies at the same time end the process.
	Load func(context.Context) (templ.Component, error)
	// Pieces, instead of Load, gives the content bit by bit: the first piece
	// replaces the fallback, each other one is added behind those before it.
	// The sequence runs where Load would and with the same context, which
	// also ends when the view of a piece has failed. It holds its slot of a
	// Limit to its end, and its time counts to there, too.
	//
	// Pieces that come while others are being sent leave together. A sequence
	// that is faster than the client waits, without its slot, when it is 256
	// pieces or 32 KiB of Text ahead.
	//
	// If the sequence fails, what has come stays, and the error view is added
	// to it. An error is the last thing that a sequence yields; one whose
	// context has ended counts as failed even if it yields none.
	Pieces func(context.Context) iter.Seq2[templ.Component, error]
}

// Render places b where ctx and w stand, so a Boundary is a component. The
// goroutine that renders the component around it calls Render. Render starts the
// load and returns at once. The response sends the content when it is ready.
//
// Outside a response, and where w is a writer that some component has put
// around Rivulet's, b loads and renders in place: Render returns when its
// content or its error view has been written.
//
// Render returns an error if what is around b was sent already, or has ended.
// It panics unless b has either a Load or Pieces.
func (b Boundary) Render(ctx context.Context, w io.Writer) error {
	switch {
	case b.Load == nil && b.Pieces == nil:
		panic("stream: Boundary without a Load")
	case b.Load != nil && b.Pieces != nil:
		panic("stream: Boundary with a Load and with Pieces")
	}
	return place(ctx, w, b)
}

// A boundary is a Boundary that has been met. One without a parent is the page
// itself. It is never reused: its contexts may outlive the response.
type boundary struct {
	// Of the caller. What is not needed any more is cleared, so that a child does
	// not keep what was sent: Fallback by placeholder, the rest by forget.
	Boundary

	// Set when it is met and constant from then on.
	resp   *response // nil outside a response
	parent *boundary
	index  int    // among its parent's children, from 1
	depth  int    // boundaries around it, the page included; zero for the page
	number int    // of the response, instead of a path; zero down to maxLevels
	id     string // its path, if somebody is to be told of it, since each time costs an allocation
	view   placeContext
	notice bool // it is that of a WhilePending: it has no load, and no content but nothing

	load load

	// Of a boundary that loads in place, which has no id.
	inPlace   bool
	amends    uint8                  // how many error views stand around it
	amending  atomic.Int32           // what response.loads.amending counts, of the outermost one outside a response
	fragments *templ.FragmentContext // what templ.RenderFragments asks of its load

	held    atomic.Int64 // bytes, see budget
	settled atomic.Bool  // content and err are known
	failed  atomic.Bool  // its subtree has ended

	// Guarded by resp.loads.mu.
	over      bool // its content has been rendered for the last time
	announced bool // in resp.loads.arrived
	children  int
	subtree   *[2]scope // nil until it is needed

	// Guarded by resp.loads.mu until settled, then of the goroutine of the
	// response.
	content templ.Component
	err     error
	marked  bool // its markers are on the wire, or among the bytes to be sent
	filled  bool // its content has been rendered
	due     *due // its place in a page in order; of the goroutine of the response
}

// info names b to a Trace: by its path, so that responses can be compared.
func (b *boundary) info() BoundaryInfo {
	switch {
	case b.inPlace:
		return BoundaryInfo{Name: b.Name}
	case b.id == "":
		return BoundaryInfo{ID: string(b.appendPath(nil)), Name: b.Name}
	}
	return BoundaryInfo{ID: b.id, Name: b.Name}
}

// before reports whether b stands before c in the page, or around it.
func (b *boundary) before(c *boundary) bool {
	db, dc := b.depth, c.depth
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

// sortBoundaries puts all in document order.
func sortBoundaries(all []*boundary) {
	slices.SortFunc(all, func(b, c *boundary) int {
		if b.before(c) {
			return -1
		}
		return 1
	})
}
