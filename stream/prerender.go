package stream

import (
	"context"
	"errors"
	"io"

	"github.com/a-h/templ"
	templruntime "github.com/a-h/templ/runtime"
)

// Prerender returns a Load that renders content in its own goroutine, for
// components that do their slow work while they are rendered. The content has
// a templ state of its own, so assets that templ emits once are emitted once
// per boundary. If it holds boundaries, the view that the Load returns belongs
// to its response and can be rendered once.
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
		if err := f.render(ctx, content, new(templruntime.Buffer)); err != nil {
			return nil, err
		}
		if len(f.marks) == 0 {
			return &fragment{bytes: f.bytes}, nil // whoever keeps it keeps no request
		}
		return f, nil
	}
}

// Render copies the fragment, with its boundaries, to where its boundary
// stands.
func (f *fragment) Render(ctx context.Context, w io.Writer) error {
	to, buf := fragmentOf(w)
	if len(f.marks) > 0 {
		if to != nil && to.resp != f.resp || to == nil && ctx.Value(viewKey{}) != f.resp {
			return errors.New("stream: a component made by Prerender was rendered outside its response")
		}
		if f.used.Swap(true) {
			return errors.New("stream: a component made by Prerender was rendered twice")
		}
	}
	pos := 0
	for _, m := range f.marks {
		if _, err := w.Write(f.bytes[pos:m.offset]); err != nil {
			return err
		}
		pos = m.offset
		if to == nil {
			if err := f.resp.fillInto(w, m.b); err != nil {
				return err
			}
			continue
		}
		if err := drain(buf); err != nil {
			return err
		}
		to.marks = append(to.marks, mark{len(to.bytes), m.b})
	}
	_, err := w.Write(f.bytes[pos:])
	return err
}
