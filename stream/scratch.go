package stream

import (
	"bytes"
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

// render renders c into s. Of a component that fails nothing stays.
func (s *scratch) render(ctx context.Context, c templ.Component) error {
	ctx = templ.ClearChildren(ctx)
	if s.fragments != nil {
		ctx = context.WithValue(ctx, templstate.FragmentKey, s.fragments)
	}
	state := ctx.Value(templstate.Key)
	claims := templstate.Of(state, nil)
	n, wanted := s.content.b.Len(), s.wanted.b.Len()
	err := safely(func() error { return c.Render(ctx, &s.content) })
	passOnAbort(err)
	if err == nil {
		err = s.err
	}
	if err != nil {
		claims.Restore(state)
		s.content.b.Truncate(n)
		s.wanted.b.Truncate(wanted)
		s.b.keep(s.len())
	}
	return err
}

func (s *scratch) len() int { return s.content.b.Len() + s.wanted.b.Len() }

// writeTo writes what s holds to where the boundary stands, where it counts
// anew.
func (s *scratch) writeTo(w io.Writer) error {
	s.b.keep(0)
	if s.outer != nil {
		if _, err := s.outer.W.Write(s.wanted.b.Bytes()); err != nil {
			return err
		}
	}
	_, err := w.Write(s.content.b.Bytes())
	return err
}

// A heldBuffer is a bytes.Buffer that counts what a scratch holds. It has few
// methods so that nothing is written around them.
type heldBuffer struct {
	s *scratch
	b bytes.Buffer
}

func (h *heldBuffer) Write(p []byte) (int, error) {
	if err := h.hold(len(p)); err != nil {
		return 0, err
	}
	return h.b.Write(p)
}

func (h *heldBuffer) WriteString(p string) (int, error) {
	if err := h.hold(len(p)); err != nil {
		return 0, err
	}
	return h.b.WriteString(p)
}

func (h *heldBuffer) hold(n int) error {
	if h.s.err == nil && !h.s.lastResort {
		h.s.err = h.s.b.hold(n)
	}
	return h.s.err
}
