package stream

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream/internal/templstate"
)

// A scratch holds what a boundary that loads in place shows, until it is known
// to be whole.
type scratch struct {
	content heldBuffer

	// Of a templ.RenderFragments around the boundary: what it asks for is kept
	// apart, too. Unset if there is none, or if it takes the whole boundary.
	outer     *templ.FragmentContext
	fragments *templ.FragmentContext // outer's ids, written to wanted
	wanted    heldBuffer

	b          *boundary
	lastResort bool  // it must always be shown
	err        error // of a write, whether or not the component has cared
}

// newScratch makes a scratch for b at the place of ctx.
func newScratch(ctx context.Context, b *boundary) *scratch {
	s := &scratch{b: b}
	s.content.s, s.wanted.s = s, s
	outer, _ := ctx.Value(templstate.FragmentKey).(*templ.FragmentContext)
	if outer == nil || outer.Active {
		return s
	}
	s.outer = outer
	s.fragments = &templ.FragmentContext{W: &s.wanted, IDs: outer.IDs}
	return s
}

// render renders c into s. Of a component that fails nothing stays. Of ctx, which
// a newInPlaceContext has made, the view gets no children.
func (s *scratch) render(ctx context.Context, c templ.Component) error {
	if s.fragments != nil {
		ctx = context.WithValue(ctx, templstate.FragmentKey, s.fragments)
	}
	state := ctx.Value(templstate.Key)
	claims := templstate.Of(state, nil)
	content, wanted := s.content.rope, s.wanted.rope
	err := safely(func() error { return c.Render(ctx, &s.content) })
	passOnAbort(err)
	if err == nil {
		err = s.err
	}
	if err != nil {
		claims.Restore(state)
		s.content.truncate(content)
		s.wanted.truncate(wanted)
		s.b.keep(s.len())
	}
	return err
}

func (s *scratch) len() int { return s.content.len() + s.wanted.len() }

// writeTo writes what s holds to where the boundary stands, where it counts
// anew.
func (s *scratch) writeTo(w io.Writer) error {
	s.b.keep(0)
	if s.outer != nil {
		if err := s.wanted.writeTo(s.outer.W); err != nil {
			return err
		}
	}
	return s.content.writeTo(w)
}

// A heldBuffer is a rope as a writer, which counts what a scratch holds.
type heldBuffer struct {
	s *scratch
	rope
}

func (h *heldBuffer) Write(p []byte) (int, error) {
	if err := h.hold(len(p)); err != nil {
		return 0, err
	}
	h.bytes = append(h.bytes, p...)
	return len(p), nil
}

func (h *heldBuffer) WriteString(p string) (int, error) {
	if err := h.hold(len(p)); err != nil {
		return 0, err
	}
	h.bytes = append(h.bytes, p...)
	return len(p), nil
}

func (h *heldBuffer) hold(n int) error {
	if h.s.err == nil && !h.s.lastResort {
		h.s.err = h.s.b.hold(n)
	}
	return h.s.err
}
