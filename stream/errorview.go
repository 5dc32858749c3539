package stream

import (
	"context"
	"errors"
	"io"

	"github.com/a-h/templ"
)

// errorViews returns what may stand for b, which has failed, best first. The
// last never fails. Deep within other error views it is the only one, since
// those that hold boundaries which fail, too, would never end.
func (b *boundary) errorViews(be *BoundaryError) []templ.Component {
	failed := 0
	for up := b.parent; up != nil; up = up.parent {
		if up.failed.Load() {
			failed++
		}
	}
	var views []templ.Component
	add := func(view func(*BoundaryError) templ.Component) {
		if view == nil {
			return
		}
		// The view is called where a panic of it is recovered.
		views = append(views, templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			c := view(be)
			if c == nil {
				return errors.New("nil component")
			}
			return c.Render(ctx, w)
		}))
	}
	if failed <= maxFailed {
		add(b.OnError)
		if b.resp != nil {
			add(b.resp.rd.ErrorView)
		}
	}
	add(plainErrorView)
	return views
}

// maxFailed is how deep error views may stand within error views.
const maxFailed = 8

// plainErrorView is a span because that is right in most places.
func plainErrorView(be *BoundaryError) templ.Component {
	return templ.Raw(`<span role="alert">This part could not be loaded (` + templ.EscapeString(be.Digest) + `).</span>`)
}
