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

// A Boundary is a region of the page whose content may come later. The components
// of package suspense are made of it. A program can make its own components of it.
type Boundary struct {
	// Name is for logs and traces; it is never sent to the browser.
	Name string
	// Fallback is shown until the content comes. Nil means that nothing is shown.
	// A boundary within a fallback shows its own fallback and loads nothing.
	Fallback templ.Component
	// Timeout limits the time from the moment the boundary is met to the end of
	// its load or its sequence. Time in the queue of a Limit counts. Zero or less
	// means that the Renderer's Timeout applies.
	Timeout time.Duration
	// ErrorView returns the view of the boundary if it has failed. Nil means the
	// Renderer's ErrorView, which also replaces a view that fails itself. The
	// goroutine that renders the view calls ErrorView.
	ErrorView func(*BoundaryError) templ.Component
	// Load does the slow work and returns the view. It runs in its own goroutine,
	// at the same time as the other loads of the page. The goroutine of the
	// response renders the view.
	//
	// The context has the values of the place where the boundary was met. It ends
	// when the response ends, when the boundary's time has passed (the cause then
	// matches ErrTimeout), when Renderer.Until is done, or when the boundary
	// around this one has failed. It does not end because Load has returned.
	//
	// Load must not use the ResponseWriter, whose header is a map: two loads that
	// set cookies at the same time crash the process. It can use the function
	// Header.
	Load func(context.Context) (templ.Component, error)
	// Pieces, instead of Load, returns the content as a sequence of pieces. The
	// first piece replaces the fallback. Each other piece is added behind those
	// before it. The sequence runs in a goroutine of its own, with the same context
	// as a Load. The context also ends when the view of a piece has failed. The
	// sequence counts for a Limit until it ends, and its time counts until then.
	//
	// Pieces that come while others are being sent are sent together. A sequence
	// that is ahead of the client by 256 pieces or 32 KiB of Text waits. While it
	// waits, it does not count for a Limit.
	//
	// If the sequence fails, the pieces that have come stay, and the error view is
	// added behind them. After an error, the sequence yields nothing more. A
	// sequence whose context has ended counts as failed even if it yields no error.
	Pieces func(context.Context) iter.Seq2[templ.Component, error]
	// Key is the name by which the boundary can be requested again, without the rest
	// of its page: with a GET of the URL of the page and the header "Rivulet: KEY",
	// or "Rivulet: OUTER/KEY" within a boundary with the key OUTER. It matches
	// [A-Za-z][A-Za-z0-9_-]{0,47} and is unique in the page. With another key,
	// Render returns an error.
	//
	// The answer is the content between two markers, as in the page. For it the Page
	// runs as always, so what the Page checks is checked. Of the boundaries, only
	// those load that are named, those within the last one, and Critical ones, which
	// may decide the status. A check in the load of any other boundary does not run.
	// If the page has
	// no such boundary, the answer is a 404 without a body. If the boundary has
	// failed, the status is 500, or that of an error that decides.
	//
	// A second boundary with the same key, and one within a boundary without a key,
	// cannot be requested. A warning is logged. A key has no effect in a fallback,
	// outside a response, and where the boundary loads in place.
	Key string
	// Every is the time after which the browser requests the boundary again, by its
	// Key, as long as the page can be seen. It varies by a tenth, so that browsers do
	// not request it all at once. It is at least one second. Zero or less means never.
	// Without a Key, Every has no effect.
	Every time.Duration
	// Critical makes the first byte of the page wait for the load, or for the first
	// piece, so that an error can still decide the status; see StatusError. The
	// load can also set headers with Header. It waits at most for the Timeout of the
	// boundary or of the Renderer. All other loads run meanwhile, but under a Limit
	// this one comes first.
	//
	// Critical boundaries are waited for together, also those in the view of one.
	// Within the view, the children or the error view of a boundary that is not
	// critical, Critical has no effect. While the first byte waits, a templ.Flush
	// sends nothing. Behind a templ.Flush that has sent something, Critical has no
	// effect. An answer to HEAD runs the loads of critical boundaries only, unless the
	// mode is Complete.
	Critical bool
	// Optional says that failures are expected, except for panics. They are logged
	// at level Debug and do not change the status of a Complete page. Without an
	// ErrorView of its own, the boundary then shows nothing.
	Optional bool
}

// Render places b in the component that is being rendered with ctx into w, so a
// Boundary is a templ component. The goroutine that renders the component around b
// must call Render. Render starts the load and returns at once. The response sends
// the content when it is ready.
//
// Outside a response, and if a component has wrapped w around Rivulet's writer, b
// loads and renders in place: Render returns when the content or the error view
// has been written.
//
// Render returns an error if the component around b was sent already or has
// failed. Render panics unless b has either a Load or Pieces.
func (b Boundary) Render(ctx context.Context, w io.Writer) error {
	switch {
	case b.Load == nil && b.Pieces == nil:
		panic("stream: Boundary without a Load")
	case b.Load != nil && b.Pieces != nil:
		panic("stream: Boundary with both a Load and Pieces")
	}
	return place(ctx, w, b)
}

// A boundary is a Boundary that has been met. The root of a response, which has no
// parent, is the page itself. A boundary is never reused, since its contexts may
// outlive the response. A page pays for each byte of it, so what few boundaries have
// is in boundaryMore.
type boundary struct {
	// What the caller has given. Fields are cleared when they are not needed any
	// more, so that a child does not keep content that was sent: placeholder clears
	// Fallback, and forget the others.
	Name      string
	Fallback  templ.Component
	ErrorView func(*BoundaryError) templ.Component
	Load      func(context.Context) (templ.Component, error)

	// Set when the boundary is met, and constant from then on.
	resp   *response       // nil outside a response
	parent *boundary       // nil for the page itself
	place  context.Context // with the values of the place where the boundary was met
	rare   *boundaryMore   // nil until it is needed
	index  int32           // position among the parent's children, from 1
	depth  int32           // number of boundaries around it, the page included; zero for the page

	amends   uint8        // number of error views around it
	kind     boundaryKind // what it was met as
	inPlace  bool         // it loads in place and has no id
	target   uint8        // what it is to the boundary that the request names
	optional bool         // its failures are expected
	critical bool         // the first byte waits for it, or has waited

	// Of the goroutine of the response.
	marked bool // its markers were sent, or are among the bytes to be sent
	filled bool // its content has been rendered
	due    *due // its place in a page in order

	load   load
	held   atomic.Int64 // bytes that it holds, counted in the budget
	failed atomic.Bool  // the loads within it have ended

	// Guarded by resp.loads.mu.
	children int32
	subtree  *[2]scope // nil until it is needed

	// Guarded by resp.loads.mu until load.settled, then of the goroutine of the
	// response.
	content templ.Component
	err     error
}

// A boundaryMore is what few boundaries have. A field is constant once the load can
// begin, unless its comment says otherwise.
type boundaryMore struct {
	timeout   time.Duration                                           // Boundary.Timeout
	sequence  func(context.Context) iter.Seq2[templ.Component, error] // Boundary.Pieces; cleared like Load
	pieces    *pieces                                                 // the queue of the sequence; nil without one, and in place
	untimed   func() bool                                             // stops the timer of timeout; nil without one; guarded by resp.loads.mu
	id        string                                                  // the path, made once if there is a Trace; otherwise empty
	fragments *templ.FragmentContext                                  // the fragments that templ.RenderFragments asks of its load
	number    int32                                                   // replaces the path below maxLevels; zero above
	amending  atomic.Int32                                            // like loads.amending, for the outermost boundary outside a response
}

// more returns b.rare, and makes it if needed. It is called before the load of b can
// begin.
func (b *boundary) more() *boundaryMore {
	if b.rare == nil {
		b.rare = new(boundaryMore)
	}
	return b.rare
}

// newBoundary returns a boundary with what the caller has given.
func newBoundary(given *Boundary) *boundary {
	b := &boundary{
		Name: given.Name, Fallback: given.Fallback, ErrorView: given.ErrorView, Load: given.Load,
		optional: given.Optional,
	}
	if given.Timeout > 0 || given.Pieces != nil {
		b.rare = &boundaryMore{timeout: given.Timeout, sequence: given.Pieces}
	}
	return b
}

// timeout returns the boundary's own Timeout. Zero or less means none.
func (b *boundary) timeout() time.Duration {
	if b.rare == nil {
		return 0
	}
	return b.rare.timeout
}

// pieces returns the queue of a sequence. It is nil for a Load.
func (b *boundary) pieces() *pieces {
	if b.rare == nil {
		return nil
	}
	return b.rare.pieces
}

// isSequence reports whether b has Pieces, and they are still needed.
func (b *boundary) isSequence() bool { return b.rare != nil && b.rare.sequence != nil }

// A boundaryKind says what a boundary was met as. Only an ordinary one has a load,
// and only that is a boundary for a Trace.
type boundaryKind uint8

const (
	ordinary   boundaryKind = iota
	notice                  // of a WhilePending: its content is empty
	headSlot                // of a Head: it shows the value of its name
	headText                // a headSlot where no marker works
	headSetter              // of a SetHead: its content is a value, and shows nothing
	piece                   // of a sequence: it is no hole
)

// info returns the BoundaryInfo of b. Its ID is the path, so that responses can be
// compared.
func (b *boundary) info() BoundaryInfo {
	switch {
	case b.inPlace:
		return BoundaryInfo{Name: b.Name}
	case b.rare == nil || b.rare.id == "":
		return BoundaryInfo{ID: string(b.appendPath(nil)), Name: b.Name}
	}
	return BoundaryInfo{ID: b.rare.id, Name: b.Name}
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

// sortBoundaries sorts all in document order.
func sortBoundaries(all []*boundary) {
	slices.SortFunc(all, func(b, c *boundary) int {
		if b.before(c) {
			return -1
		}
		return 1
	})
}
