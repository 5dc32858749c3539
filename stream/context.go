package stream

import (
	"context"

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

// nearKey is the key of the nearest placeContext or inPlaceContext around a
// context.
type nearKey struct{}

// A placeContext is the context of a load, a view or a fallback. It has the
// values of the place where the boundary was met, and a cancellation of its own.
// A context derived from it needs no goroutine, since package context finds its
// own context beneath it.
type placeContext struct {
	context.Context                 // the cancellation
	values          context.Context // the values of the place
	owner           *boundary       // nil if Go was called outside all boundaries
	state           *templState     // the response's for a view, otherwise one of its own
	fallback        bool            // boundaries within show their fallbacks
}

func (c *placeContext) Value(key any) any {
	switch key {
	case templstate.Key:
		return c.state.get()
	case templstate.ChildrenKey:
		return nil // the boundary's children are not its view's
	case templstate.FragmentKey:
		// A view that is rendered later must not write into the fragments
		// of templ.RenderFragments, which has returned by then.
		if c.owner == nil || c.owner.fragments == nil {
			return nil
		}
		return c.owner.fragments
	case nearKey{}:
		return c
	case ownerKey{}:
		if c.owner == nil {
			return nil
		}
		return c.owner
	case viewKey{}:
		if c.owner == nil || c.owner.resp == nil || c.state != &c.owner.resp.state {
			return nil
		}
		return c.owner.resp
	case fallbackKey{}:
		if c.fallback {
			return true
		}
	case cancelKey:
		// context.Cause and derived contexts find the cancellation by this key. Other
		// keys are looked up in values only: if they were looked up in both contexts,
		// each boundary around this one would double the time.
		return c.Context.Value(key)
	}
	return c.values.Value(key)
}

// String keeps package fmt from reading fields that other goroutines write.
func (c *placeContext) String() string { return "stream.placeContext" }

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
	case *placeContext:
		near = c.Context
	case *inPlaceContext:
		near = c.Context
	}
	if near == nil || near.Done() != ctx.Done() {
		return ctx
	}
	return near
}
