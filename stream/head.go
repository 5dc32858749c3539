package stream

import (
	"context"
	"io"
	"log/slog"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream/internal/templstate"
)

// Head returns a component that shows what SetHead has set for name, or c if
// nothing has set it. It is for what stands in the head of a page and depends on
// what a boundary loads: the title, the description, the canonical URL. c and what
// replaces it are whole elements, such as <title>Shop</title>: within a title no
// marker works, so a Head there shows what is known when the shell leaves, and a
// warning is logged.
//
// What a Head shows depends on the mode:
//
//   - OutOfOrder: if nothing is pending when the shell leaves, the final value, and
//     no byte besides it. Otherwise the shell has the value that is known by then,
//     between markers. If the value changes later, a chunk with the new one goes
//     with the write that contains the content that has set it, behind that
//     content.
//   - InOrder: the value that is known when the bytes around the Head are sent, at
//     the first boundary that is not ready. Content that is ready by then counts,
//     wherever it stands.
//   - Complete: the final value.
//   - Multipart: the value that is known when the part with the Head leaves.
//
// Several Heads with the same name show the same value. c is rendered like a
// fallback: boundaries within it show their own fallbacks. A nil c is empty. In a
// fallback and outside a response, a Head shows c.
func Head(name string, c templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		f, buf := fragmentOf(w)
		switch {
		case f != nil && f.resp != nil && (f.resp.headOnly() || f.resp.namesKeys()):
			return nil
		case f == nil || f.resp == nil || f.kind == fallbackFragment:
			if c == nil {
				return nil
			}
			return c.Render(templ.ClearChildren(ctx), w)
		}
		b := &boundary{Name: name, Fallback: c, kind: headSlot}
		if f.resp.mode == Multipart {
			b.kind = headText
		}
		if err := f.meet(ctx, buf, b); err != nil {
			return err
		}
		if f.resp.mode == OutOfOrder && endsInTitle(f.bytes) {
			f.resp.freezeHead(b, "title")
		}
		return nil
	})
}

// SetHead returns a component that shows nothing where it stands. The Heads with
// that name show c. SetHead can stand in the page, in any view, at any depth, in
// the children of a suspense.Suspense, in a piece of a sequence, and in an error
// view. It may stand before the Head or behind it.
//
// Of several with the same name, the last one in the page counts, whatever arrives
// first. If the view that contains it fails, it does not count.
//
// SetHead renders c at once. A boundary in c loads in place, which delays what
// follows. The styles, scripts and templ.Once of c are emitted with c, even if the
// page has emitted them. A nil c is empty.
//
// SetHead has no effect in a fallback, outside a response, in what a component
// renders into a writer of its own, and in a component that a Page or an ErrorHandler
// renders itself. A warning is logged in the last two cases. A warning is also logged
// if the page has no Head of that name, unless a script such as htmx has requested the
// page; see DefaultMode.
func SetHead(name string, c templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		f, buf := fragmentOf(w)
		switch {
		case ctx.Value(fallbackKey{}) != nil:
			return nil
		case f == nil || f.resp == nil:
			if owner := ownerOf(ctx); owner != nil && owner.resp != nil {
				owner.resp.warnHead("stream: SetHead has no effect, because "+ownWriter(ctx), name)
			}
			return nil
		case f.kind == fallbackFragment || f.resp.headOnly() || f.resp.namesKeys():
			return nil
		}
		value, err := f.renderHead(ctx, c)
		if err != nil {
			return err
		}
		return f.meet(ctx, buf, &boundary{Name: name, kind: headSetter, content: value})
	})
}

// ownWriter says why SetHead was given a writer that does not belong to the response
// of ctx. Only components that the response renders have an owner.
func ownWriter(ctx context.Context) string {
	if ctx.Value(ownerKey{}) == nil {
		return "a Page or an ErrorHandler has rendered the component itself: send it with Render"
	}
	return "it was given a writer of some component's own"
}

// A headHTML is the content of a SetHead.
type headHTML []byte

func (html headHTML) Render(_ context.Context, w io.Writer) error {
	_, err := w.Write(html)
	return err
}

// renderHead renders c, the content of a SetHead in f. c has a templ state of its
// own, since it may never be shown: another SetHead can replace it.
func (f *fragment) renderHead(ctx context.Context, c templ.Component) (headHTML, error) {
	w := &headWriter{f: f}
	if c == nil {
		return nil, nil
	}
	err := c.Render(&headContext{ctx, &templState{origin: &f.resp.origin}}, w)
	return w.html, err
}

// A headWriter is what the content of a SetHead in f is written to.
type headWriter struct {
	f    *fragment
	html headHTML
}

func (w *headWriter) Write(p []byte) (int, error) {
	n := len(p)
	if w.f.load == nil {
		n += len(w.html) // which f does not count
	}
	if err := w.f.fits(n); err != nil {
		return 0, err
	}
	w.html = append(w.html, p...)
	return len(p), nil
}

// A headContext is the context of the content of a SetHead.
type headContext struct {
	context.Context // of the place
	state           *templState
}

func (c *headContext) Value(key any) any {
	switch key {
	case templstate.Key:
		return c.state.get()
	case templstate.ChildrenKey, templstate.FragmentKey:
		return nil
	}
	return c.Context.Value(key)
}

// String keeps package fmt from reading fields that other goroutines write.
func (c *headContext) String() string { return "stream.headContext" }

// warnHead logs a fault of the Heads or SetHeads with that name, once for each
// route.
func (p *response) warnHead(message, name string, attrs ...slog.Attr) {
	p.warnOnce(message, slog.String("name", name), attrs...)
}
