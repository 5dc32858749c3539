package stream

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// place puts b, a Boundary or the notice of a WhilePending, where ctx and w
// stand.
func place(ctx context.Context, w io.Writer, b Boundary) error {
	notice := b.Load == nil && b.Pieces == nil
	f, buf := fragmentOf(w)
	switch {
	case f != nil && f.kind == fallbackFragment, f == nil && ctx.Value(fallbackKey{}) != nil:
		if b.Fallback == nil {
			return nil
		}
		return b.Fallback.Render(templ.ClearChildren(ctx), w)
	case notice && (f == nil || f.resp == nil || f.resp.mode != OutOfOrder):
		return nil // nothing can be taken away later
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
	nb := &boundary{Boundary: b, resp: f.resp, parent: f.owner, depth: f.owner.depth + 1, notice: notice}
	if notice {
		nb.content = templ.NopComponent
		nb.settled.Store(true)
	}
	if err := f.resp.loads.add(ctx, f, nb); err != nil {
		return err
	}
	f.holes = append(f.holes, hole{offset: len(f.bytes), b: nb})
	return nil
}
