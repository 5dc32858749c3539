package stream

import (
	"io"

	"github.com/a-h/templ"
	templruntime "github.com/a-h/templ/runtime"

	"github.com/rivulet-go/rivulet/stream/internal/templstate"
)

// render renders c at the end of p.bytes, in the context of a boundary. Of a
// component that fails nothing stays.
func (p *response) render(ctx *placeContext, kind fragmentKind, c templ.Component) error {
	start := len(p.bytes)
	marks, err := p.renderMarks(ctx, kind, c)
	if err != nil {
		return err
	}
	return p.fillOrKeep(start, marks)
}

// renderMarks renders c like render, and returns the marks in it.
func (p *response) renderMarks(ctx *placeContext, kind fragmentKind, c templ.Component) ([]mark, error) {
	start := len(p.bytes)
	f := p.spare
	if f == nil {
		f = &fragment{resp: p}
	}
	f.owner, f.kind, f.bytes = ctx.owner, kind, p.bytes
	p.bytes, p.spare = nil, nil
	if p.buf == nil {
		p.buf = p.buffer()
	}
	var claims *templstate.Claims
	if kind == viewFragment {
		claims = p.state.save()
	}
	started := p.loads.started.Load()
	err := safely(func() error { return f.render(ctx, c, p.buf) })
	passOnAbort(err)
	p.bytes, f.bytes = f.bytes, nil
	if err != nil {
		p.bytes = p.bytes[:start]
		p.discard(f, claims)
		p.noteTooLarge(err)
		return nil, err
	}
	if started == p.loads.started.Load() {
		p.spare = f // nothing that still runs can have seen it
	} else {
		p.loads.close(f, false)
	}
	marks := f.marks
	f.marks = nil
	return marks, nil
}

// fillOrKeep sees to the marks that were rendered since p.bytes ended at start:
// out of order they are kept until all is rendered, else they are filled now.
func (p *response) fillOrKeep(start int, marks []mark) error {
	if len(marks) == 0 || p.outOfOrder() {
		p.marks = append(p.marks, marks...)
		return nil
	}
	src := append(getBytes(), p.bytes[start:]...)
	defer putBytes(src)
	for i := range marks {
		marks[i].offset -= start
	}
	p.bytes = p.bytes[:start]
	return p.fillMarksInOrder(src, marks)
}

// discard ends what was placed in f, whose component has failed, and gives back
// what it has claimed since there were claims. A fallback shares neither subtree
// nor templ state with anything.
func (p *response) discard(f *fragment, claims *templstate.Claims) {
	p.loads.close(f, f.kind == viewFragment)
	f.marks = nil
	if f.kind == viewFragment {
		p.state.restore(claims)
	}
}

// buffer returns a buffer to render into.
func (p *response) buffer() *templruntime.Buffer {
	buf, _ := templruntime.GetBuffer(io.Discard)
	p.seen = p.loads.started.Load()
	return buf
}

// release gives buf back to templ's pool, unless something was started while
// it was in use that still runs and might have kept it: what such a load
// writes too late must never reach another response.
func (p *response) release(buf *templruntime.Buffer) {
	if p.seen == p.loads.started.Load() || p.loads.idle() {
		buf.Reset(nil)
		_ = templruntime.ReleaseBuffer(buf)
	}
}
