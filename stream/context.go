package stream

import (
	"context"
	"time"

	"github.com/rivulet-go/rivulet/stream/internal/templstate"
)

// ownerKey is the key of the *boundary that a context belongs to.
type ownerKey struct{}

// requestKey is the key of the *response to which the request of a Page belongs.
type requestKey struct{}

// ownerOf returns the boundary to which ctx belongs, or nil. The context of a
// Page belongs to the root.
func ownerOf(ctx context.Context) *boundary {
	if owner, _ := ctx.Value(ownerKey{}).(*boundary); owner != nil {
		return owner
	}
	if p, _ := ctx.Value(requestKey{}).(*response); p != nil {
		return &p.root
	}
	return nil
}

// viewKey is the key of the *response in the contexts that its own goroutine
// uses: those of the page and of views. The contexts of loads do not have it.
type viewKey struct{}

// inPlaceKey is the key of an *atomic.Bool that is set when a boundary beneath
// the context loads in place.
type inPlaceKey struct{}

// fallbackKey is the key of a value that only the context of a fallback has.
type fallbackKey struct{}

// nearKey is the key of the nearest context of a boundary or a task around a
// context.
type nearKey struct{}

// The contexts of a boundary are the boundary itself, so they take no memory of
// their own. They have the values of the place where the boundary was met. Contexts
// derived from them need no goroutine, since package context finds its own context
// beneath them.
type (
	loadContext     boundary // of the load; ends with its scope
	viewContext     boundary // of the view and of error views
	fallbackContext boundary // of the fallback, in which boundaries show their fallbacks
)

// context returns the context in which b renders what goes into a fragment of that
// kind.
func (b *boundary) context(kind fragmentKind) context.Context {
	if kind == fallbackFragment {
		return (*fallbackContext)(b)
	}
	return (*viewContext)(b)
}

func (c *loadContext) Deadline() (time.Time, bool) { return c.load.scope.Deadline() }
func (c *loadContext) Done() <-chan struct{}       { return c.load.scope.Done() }
func (c *loadContext) Err() error                  { return c.load.scope.Err() }

func (c *loadContext) Value(key any) any {
	switch key {
	case templstate.Key:
		return (*boundary)(c).loadState().get()
	case nearKey{}:
		return c
	case viewKey{}, fallbackKey{}:
		return nil
	case cancelKey:
		return c.load.scope.Value(key)
	}
	return (*boundary)(c).value(key)
}

func (c *viewContext) Deadline() (time.Time, bool) { return c.resp.loads.life.view.Deadline() }
func (c *viewContext) Done() <-chan struct{}       { return c.resp.loads.life.view.Done() }
func (c *viewContext) Err() error                  { return c.resp.loads.life.view.Err() }

func (c *viewContext) Value(key any) any {
	switch key {
	case templstate.Key:
		return c.resp.state.get()
	case nearKey{}:
		return c
	case viewKey{}:
		return c.resp
	case cancelKey:
		return c.resp.loads.life.view.Value(key)
	}
	return (*boundary)(c).value(key)
}

func (c *fallbackContext) Deadline() (time.Time, bool) { return (*viewContext)(c).Deadline() }
func (c *fallbackContext) Done() <-chan struct{}       { return (*viewContext)(c).Done() }
func (c *fallbackContext) Err() error                  { return (*viewContext)(c).Err() }

// A fallback has a templ state of its own. If it claimed an asset for the page, the
// asset would be removed with the fallback at the reveal.
func (c *fallbackContext) Value(key any) any {
	switch key {
	case templstate.Key:
		return c.resp.fallbacks.get()
	case nearKey{}:
		return c
	case viewKey{}:
		return nil
	case fallbackKey{}:
		return true
	}
	return (*viewContext)(c).Value(key)
}

// String keeps package fmt from reading fields that other goroutines write.
func (c *loadContext) String() string     { return "stream.loadContext" }
func (c *viewContext) String() string     { return "stream.viewContext" }
func (c *fallbackContext) String() string { return "stream.fallbackContext" }

// value returns a value that all contexts of b share. Package context finds a
// cancellation by cancelKey. Other keys are looked up in b.place only: if they were
// looked up in the cancellation as well, each boundary around b would double the
// time.
func (b *boundary) value(key any) any {
	switch key {
	case templstate.ChildrenKey:
		return nil // the boundary's children are not its view's
	case templstate.FragmentKey:
		// A view that is rendered later must not write into the fragments of
		// templ.RenderFragments, which has returned by then.
		return nil
	case ownerKey{}:
		return b
	}
	return b.place.Value(key)
}

// loadState returns the templ state of the load of b.
func (b *boundary) loadState() *templState {
	if s := b.load.state.Load(); s != nil {
		return s
	}
	b.load.state.CompareAndSwap(nil, &templState{origin: &b.resp.origin})
	return b.load.state.Load()
}

// A taskContext is the context of a task: the function of a Go, or a load in place.
// It has the values of the place where the task was started, and a cancellation of
// its own.
type taskContext struct {
	context.Context                 // the cancellation
	values          context.Context // the values of the place
	owner           *boundary       // nil if Go was called outside all boundaries
	state           *templState
}

func (c *taskContext) Value(key any) any {
	switch key {
	case templstate.Key:
		return c.state.get()
	case templstate.ChildrenKey, viewKey{}:
		return nil
	case templstate.FragmentKey:
		if c.owner == nil || c.owner.rare == nil || c.owner.rare.fragments == nil {
			return nil
		}
		return c.owner.rare.fragments
	case nearKey{}:
		return c
	case ownerKey{}:
		if c.owner == nil {
			return nil
		}
		return c.owner
	case cancelKey:
		return c.Context.Value(key)
	}
	return c.values.Value(key)
}

// String keeps package fmt from reading fields that other goroutines write.
func (c *taskContext) String() string { return "stream.taskContext" }

// A pageContext is the context of the page component. It adds to the context of
// the request the values by which boundaries and templ find the response.
type pageContext struct {
	context.Context
	owner *boundary
}

func (c *pageContext) Value(key any) any {
	switch key {
	case templstate.Key:
		return c.owner.resp.state.get()
	case ownerKey{}:
		return c.owner
	case viewKey{}:
		return c.owner.resp
	}
	return c.Context.Value(key)
}

// A requestContext is the context of the request that a Page is called with. A
// component that the Page renders by itself is not part of the response. So
// boundaries do not find the response by this context, and templ does not find
// its state.
type requestContext struct {
	context.Context
	p *response
}

func (c *requestContext) Value(key any) any {
	if key == (requestKey{}) {
		return c.p
	}
	return c.Context.Value(key)
}

// An inPlaceContext is the context of a place where a boundary loads in place. It
// holds the values that are looked up often. Without it, each boundary around the
// place would make a lookup slower.
type inPlaceContext struct {
	context.Context                 // the cancellation
	values          context.Context // the values of the place
	nested          bool            // another boundary around this one loads in place

	owner, state, fragments, view, fallback, met any // the values of the keys
}

func newInPlaceContext(place context.Context) *inPlaceContext {
	c := &inPlaceContext{
		Context:   cancellation(place),
		values:    place,
		owner:     place.Value(ownerKey{}),
		state:     place.Value(templstate.Key),
		fragments: place.Value(templstate.FragmentKey),
		view:      place.Value(viewKey{}),
		fallback:  place.Value(fallbackKey{}),
		met:       place.Value(inPlaceKey{}),
	}
	_, c.nested = place.Value(nearKey{}).(*inPlaceContext)
	return c
}

func (c *inPlaceContext) Value(key any) any {
	switch key {
	case templstate.Key:
		return c.state
	case templstate.ChildrenKey:
		return nil // the boundary's children are not its view's
	case templstate.FragmentKey:
		return c.fragments
	case nearKey{}:
		return c
	case ownerKey{}:
		return c.owner
	case viewKey{}:
		return c.view
	case fallbackKey{}:
		return c.fallback
	case inPlaceKey{}:
		return c.met
	case cancelKey:
		return c.Context.Value(key)
	}
	return c.values.Value(key)
}

// String keeps package fmt from reading fields that other goroutines write.
func (c *inPlaceContext) String() string { return "stream.inPlaceContext" }

// cancellation returns a context that ends together with ctx. If it can, it
// returns one that is not nested as deep as ctx.
func cancellation(ctx context.Context) context.Context {
	var near context.Context
	switch c := ctx.Value(nearKey{}).(type) {
	case *loadContext:
		near = c.load.scope
	case *viewContext:
		near = c.resp.loads.life.view
	case *fallbackContext:
		near = c.resp.loads.life.view
	case *taskContext:
		near = c.Context
	case *inPlaceContext:
		near = c.Context
	}
	if near == nil || near.Done() != ctx.Done() {
		return ctx
	}
	return near
}
