package stream

import (
	"context"

	"github.com/rivulet-go/rivulet/stream/internal/templstate"
)

// ownerKey is the key of the *boundary that a context belongs to.
type ownerKey struct{}

// requestKey is the key of the *response to which the request of a Page belongs.
type requestKey struct{}

// ownerOf returns the boundary on whose behalf ctx is used, or nil.
func ownerOf(ctx context.Context) *boundary {
	if owner, _ := ctx.Value(ownerKey{}).(*boundary); owner != nil {
		return owner
	}
	if p, _ := ctx.Value(requestKey{}).(*response); p != nil {
		return &p.root
	}
	return nil
}

// viewKey is the key of the *response in whose goroutine a context is used: in
// those of its page and its views, not in those of loads.
type viewKey struct{}

// inPlaceKey is the key of an *atomic.Bool that is set when a boundary is loaded
// in place beneath a context.
type inPlaceKey struct{}

// fallbackKey is the key that says that a context is that of a fallback.
type fallbackKey struct{}

// A placeContext is the context of a load, a view or a fallback: the values of
// the place where the boundary was met, and a cancellation of its own. It
// costs neither a context tree nor a goroutine: contexts derived from it find
// the standard library's context beneath it.
type placeContext struct {
	context.Context                 // the cancellation
	values          context.Context // of the place
	owner           *boundary       // nil where Go was called outside of all boundaries
	state           *templState     // the response's for a view, else one of its own
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
		// By this context.Cause and derived contexts find the cancellation. No
		// other key is looked up on both ways: each boundary around this one
		// would double the time.
		return c.Context.Value(key)
	}
	return c.values.Value(key)
}

// String keeps printing a context from reading what others write.
func (c *placeContext) String() string { return "stream.placeContext" }

// A pageContext is the context of the page component: that of the request, and
// what makes boundaries and templ find the response.
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

// A requestContext is the context of the request that a Page is given. What a
// Page renders by itself is no part of its response, so boundaries do not find
// that by this context, and templ does not find its state.
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
