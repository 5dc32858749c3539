package stream

import (
	"context"
	"io"
	"sync/atomic"

	"github.com/a-h/templ"
	templruntime "github.com/a-h/templ/runtime"
)

// Prerender returns a Load that renders content in its own goroutine, for
// components that do their slow work while they are rendered. The content has
// a templ state of its own, so assets that templ emits once are emitted once
// per boundary.
//
// The view that the Load returns may be kept and rendered again, in other
// responses, too. If the content contains boundaries, it is rendered anew each
// further time, so that they load for the visitor that sees them. Otherwise the
// same HTML is shown again.
func Prerender(content templ.Component) func(context.Context) (templ.Component, error) {
	return func(ctx context.Context) (templ.Component, error) {
		f := &fragment{kind: loadFragment}
		b, _ := ctx.Value(ownerKey{}).(*boundary)
		if b != nil && !b.inPlace {
			f.owner, f.resp = b, b.resp
		}
		if b != nil && b.resp != nil {
			f.load = b
		}
		if f.resp != nil {
			defer f.resp.loads.close(f, false)
		}
		var inPlace atomic.Bool
		ctx = context.WithValue(ctx, inPlaceKey{}, &inPlace)
		if err := f.render(ctx, content, new(templruntime.Buffer)); err != nil {
			return nil, err
		}
		if len(f.holes) == 0 {
			// A view that is kept must not keep the request.
			f = &fragment{rope: f.rope}
			if !inPlace.Load() {
				return f, nil
			}
			if b != nil {
				f.resp = b.resp
			}
		}
		p := &prerendered{content: content}
		p.fragment.Store(f)
		return p, nil
	}
}

// A prerendered is the view of a Prerender whose content contains boundaries. The
// boundaries of its fragment belong to one place in one response, and content
// that has loaded in place was made for one visitor. Anywhere else, the content
// is rendered anew.
type prerendered struct {
	content  templ.Component
	fragment atomic.Pointer[fragment] // nil once it was rendered
}

// Render renders the fragment once, in the place to which it belongs. Otherwise
// it renders the content anew.
func (p *prerendered) Render(ctx context.Context, w io.Writer) error {
	f := p.fragment.Load()
	if f != nil && f.belongs(ctx, w) && p.fragment.CompareAndSwap(f, nil) {
		return f.Render(ctx, w)
	}
	if f != nil && f.resp != nil && f.resp.loads.over() {
		p.fragment.CompareAndSwap(f, nil) // a p that is kept must not keep the request
	}
	return p.content.Render(templ.ClearChildren(ctx), w)
}

// belongs reports whether f and its boundaries can be rendered with ctx into w.
func (f *fragment) belongs(ctx context.Context, w io.Writer) bool {
	if len(f.holes) == 0 {
		owner, _ := ctx.Value(ownerKey{}).(*boundary)
		return f.resp == nil || owner != nil && owner.resp == f.resp
	}
	if to, _ := fragmentOf(w); to != nil {
		return to.resp == f.resp && to.kind != fallbackFragment
	}
	return ctx.Value(viewKey{}) == f.resp && ctx.Value(fallbackKey{}) == nil
}

// Render copies the bytes and the boundaries of f to w.
func (f *fragment) Render(ctx context.Context, w io.Writer) error {
	if len(f.holes) == 0 {
		return f.writeTo(w)
	}
	to, buf := fragmentOf(w)
	pos := 0
	for _, h := range f.holes {
		if _, err := w.Write(f.bytes[pos:h.offset]); err != nil {
			return err
		}
		pos = h.offset
		if to == nil {
			if err := f.resp.fillInto(w, h.b); err != nil {
				return err
			}
			continue
		}
		if err := drain(buf); err != nil {
			return err
		}
		to.addHole(h.b)
	}
	_, err := w.Write(f.bytes[pos:])
	return err
}
