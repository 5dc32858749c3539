package stream

import (
	"fmt"
	"io"

	"github.com/a-h/templ"
	templruntime "github.com/a-h/templ/runtime"

	"github.com/rivulet-go/rivulet/stream/internal/templstate"
)

// fill appends the content of b, which is ready: its view, an error view, or the
// pieces that have come. It reports whether more pieces will come. It returns an
// error if the client has left or the response has failed.
func (p *response) fill(b *boundary) (more bool, err error) {
	if p.err != nil {
		return false, p.err
	}
	for b.hasAhead() { // more may be rendered ahead while boundaries within are waited for
		if more, err = p.takeAhead(b); !more || err != nil || !b.ready() {
			return more, err
		}
	}
	return p.fillContent(b)
}

// fillContent is fill for content that was not rendered ahead.
func (p *response) fillContent(b *boundary) (more bool, err error) {
	if b.kind >= headSlot {
		p.fillHead(b)
		return false, p.err
	}
	if b.pieces() != nil {
		return p.fillPieces(b)
	}
	b.filled = true
	content, err := b.content, b.err
	b.content = nil
	b.keep(0) // from here on p.bytes count
	start := len(p.bytes)
	var holes []hole
	if err == nil {
		holes, err = p.renderHoles(b, viewFragment, content)
	}
	if err != nil {
		if holes, err = p.renderFailed(b, err); err != nil {
			return false, err
		}
	}
	p.loads.forget(b) // before boundaries within are waited for
	return false, p.fillOrKeep(start, holes)
}

// renderFailed appends an error view for b, which has failed with err, and returns
// the holes in it.
func (p *response) renderFailed(b *boundary, err error) (holes []hole, gone error) {
	passOnAbort(err)
	if gone := p.gone(); gone != nil {
		return nil, gone
	}
	if p.decide(b, err) {
		return nil, nil
	}
	be := b.reportFailure(p.ctx, err)
	views := b.errorViews(be)
	last := len(views) - 1
	for i, c := range views {
		p.lastResort = i == last
		if holes, err = p.renderHoles(b, viewFragment, c); err == nil || p.gone() != nil {
			be.shown(b, i < last)
			break
		}
		b.report(p.ctx, be.Digest, fmt.Errorf("error view: %w", err))
	}
	p.lastResort = false
	return holes, p.gone()
}

// fillPieces appends the pieces of b that have come since the last call. If the
// sequence has failed, it also appends an error view. It reports whether more
// pieces will come.
func (p *response) fillPieces(b *boundary) (more bool, err error) {
	queue, over := p.loads.takePieces(b)
	var failure error
	if over {
		failure = b.err
	}
	start := len(p.bytes)
	var holes []hole
	for _, c := range queue {
		within, err := p.fillPiece(b, c)
		if err != nil {
			p.loads.stop(b, err)
			over, failure = true, err
			break
		}
		holes = append(holes, within...)
	}
	b.filled = over
	if failure != nil {
		within, err := p.renderFailed(b, failure)
		if err != nil {
			return false, err
		}
		holes = append(holes, within...)
	}
	if over {
		p.loads.forget(b)
	}
	// The boundaries of what came together load together, in order, too.
	if err := p.fillOrKeep(start, holes); err != nil {
		return false, err
	}
	return !over, p.gone()
}

// fillPiece appends one piece of b and returns the holes in it.
func (p *response) fillPiece(b *boundary, c templ.Component) ([]hole, error) {
	t, ok := c.(Text)
	if !ok {
		return p.renderHoles(p.piece(b), viewFragment, c)
	}
	if err := p.fits(len(p.bytes) + len(t)); err != nil {
		p.noteTooLarge(err)
		return nil, err
	}
	p.bytes = append(p.bytes, templ.EscapeString(string(t))...)
	return nil, nil
}

// piece returns a boundary for one piece of b. Each piece is a child of b, so that a
// piece that fails ends only the loads within it.
func (p *response) piece(b *boundary) *boundary {
	c := &boundary{resp: p, parent: b, place: b.place, depth: b.depth + 1, amends: b.amends, critical: b.critical, target: b.target, kind: piece}
	p.loads.mu.Lock()
	b.children++
	c.index = b.children
	p.loads.mu.Unlock()
	return c
}

// render renders c for b and appends its content to p.bytes. If c fails, p.bytes do
// not change.
func (p *response) render(b *boundary, kind fragmentKind, c templ.Component) error {
	start := len(p.bytes)
	holes, err := p.renderHoles(b, kind, c)
	if err != nil {
		return err
	}
	return p.fillOrKeep(start, holes)
}

// renderHoles is render, but returns the holes in the content instead of filling
// them.
func (p *response) renderHoles(b *boundary, kind fragmentKind, c templ.Component) ([]hole, error) {
	start := len(p.bytes)
	f := p.spare
	if f == nil {
		f = &fragment{resp: p}
	}
	f.owner, f.kind, f.bytes, f.from = b, kind, p.bytes, start
	p.bytes, p.spare = nil, nil
	if p.buf == nil {
		p.buf = p.buffer()
	}
	var claims *templstate.Claims
	if kind == viewFragment {
		claims = p.state.save()
	}
	started, verdict, noindex := p.loads.started.Load(), p.verdict, p.noindex
	err := safely(func() error { return f.render(b.context(kind), c, p.buf) })
	passOnAbort(err)
	p.bytes, f.bytes = f.bytes, nil
	if err != nil {
		p.bytes = p.bytes[:start]
		p.discard(f, claims)
		p.verdict, p.noindex = verdict, noindex // what is not shown decides nothing
		p.noteTooLarge(err)
		return nil, err
	}
	if started == p.loads.started.Load() {
		p.spare = f // no goroutine was started that can have seen it
	} else {
		p.loads.close(f, false)
	}
	holes := f.holes
	f.holes = nil
	return holes, nil
}

// fillOrKeep handles the holes in the bytes from start on. Out of order, and ahead of
// their turn, it keeps them in p.holes. In order, it fills them now.
func (p *response) fillOrKeep(start int, holes []hole) error {
	switch keep := p.outOfOrder() || p.ahead; {
	case keep && len(p.holes) == 0:
		p.holes = holes
		return nil
	case keep || len(holes) == 0:
		p.holes = append(p.holes, holes...)
		return nil
	}
	src := append(getBytes(), p.bytes[start:]...)
	for i := range holes {
		holes[i].offset -= start
	}
	p.bytes = p.bytes[:start]
	if cap(src) > maxPooled {
		return p.fillInOrder(src, holes) // which gives up what it has sent
	}
	defer putBytes(src)
	return p.fillInOrder(src, holes)
}

// discard ends the loads of boundaries in f, whose component has failed. It sets
// the claims of the page back to claims, which were saved before. For a fallback it
// does neither, since a fallback starts no loads and has a templ state of its own.
func (p *response) discard(f *fragment, claims *templstate.Claims) {
	p.loads.close(f, f.kind == viewFragment)
	f.holes = nil
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

// release gives buf back to templ's pool. It keeps buf out of the pool and returns
// false if a load or task that was started while buf was in use still runs: a late
// write of such a load must never reach another response.
func (p *response) release(buf *templruntime.Buffer) bool {
	if p.seen != p.loads.started.Load() && !p.loads.idle() {
		return false
	}
	buf.Reset(nil)
	_ = templruntime.ReleaseBuffer(buf)
	return true
}

// releaseAll releases the buffers of p where possible, and forgets the others and
// the spare fragment, so that a waiting response holds none.
func (p *response) releaseAll() {
	if p.buf != nil {
		p.release(p.buf)
	}
	p.buf, p.spare = nil, nil
	if p.pageBuf != nil && p.loads.idle() {
		p.release(p.pageBuf)
	}
	p.pageBuf = nil
}
