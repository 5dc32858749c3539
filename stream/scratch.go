package stream

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream/internal/templstate"
)

// A scratch holds the content of a boundary that loads in place until the content
// is complete.
type scratch struct {
	content heldBuffer

	// If the page is rendered by templ.RenderFragments, the fragments that it asks
	// for are kept in wanted. Without it, or if the whole boundary stands in such a
	// fragment, outer and fragments are nil.
	outer     *templ.FragmentContext
	fragments *templ.FragmentContext // with the ids of outer; writes to wanted
	wanted    heldBuffer

	b          *boundary
	lastResort bool  // the content must be shown, whatever the budget
	err        error // of a write, even if the component has ignored it
}

// newScratch returns a scratch for b, which was met with ctx.
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

// render renders c into s. If c fails, s does not change. ctx comes from
// newInPlaceContext, so c finds no children of another component.
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

// len returns the number of bytes that s holds.
func (s *scratch) len() int { return s.content.len() + s.wanted.len() }

// writeTo writes the content of s to w. Its bytes are no longer counted for the
// boundary, since w counts them.
func (s *scratch) writeTo(w io.Writer) error {
	s.b.keep(0)
	if s.outer != nil {
		if err := s.wanted.writeTo(s.outer.W); err != nil {
			return err
		}
	}
	return s.content.writeTo(w)
}

// A heldBuffer is a writer into a rope. It counts the bytes of a scratch in the
// budget.
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

// hold counts n bytes. It returns the first error of the scratch.
func (h *heldBuffer) hold(n int) error {
	if h.s.err == nil && !h.s.lastResort {
		h.s.err = h.s.b.hold(n)
	}
	return h.s.err
}
