package stream

import (
	"bytes"
	"context"
	"io"

	"github.com/a-h/templ"
)

// A scratch holds what a boundary that loads in place shows, until it is known
// to be whole.
type scratch struct {
	content bytes.Buffer

	// Of a templ.RenderFragments around the boundary: what it asks for is kept
	// apart, too. Unset if there is none, or if it takes the whole boundary.
	outer     *templ.FragmentContext
	fragments *templ.FragmentContext // outer's ids, written to wanted
	wanted    bytes.Buffer
}

// newScratch makes a scratch for a boundary at the place of ctx.
func newScratch(ctx context.Context) *scratch {
	outer, _ := ctx.Value(fragmentKey).(*templ.FragmentContext)
	if outer == nil || outer.Active {
		return new(scratch)
	}
	s := &scratch{outer: outer}
	s.fragments = &templ.FragmentContext{W: &s.wanted, IDs: outer.IDs}
	return s
}

// render renders c into s. Of a component that fails nothing stays.
func (s *scratch) render(ctx context.Context, c templ.Component) error {
	ctx = templ.ClearChildren(ctx)
	if s.fragments != nil {
		ctx = context.WithValue(ctx, fragmentKey, s.fragments)
	}
	n, wanted := s.content.Len(), s.wanted.Len()
	err := safely(func() error { return c.Render(ctx, &s.content) })
	passOnAbort(err)
	if err != nil {
		s.content.Truncate(n)
		s.wanted.Truncate(wanted)
	}
	return err
}

// writeTo writes what s holds to where the boundary stands.
func (s *scratch) writeTo(w io.Writer) error {
	if s.outer != nil {
		if _, err := s.outer.W.Write(s.wanted.Bytes()); err != nil {
			return err
		}
	}
	_, err := w.Write(s.content.Bytes())
	return err
}
