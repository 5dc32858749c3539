package stream

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/assets"
	"github.com/rivulet-go/rivulet/stream/internal/markup"
)

// renderPage renders the page component into f. It does not recover a panic of
// the component.
func (p *response) renderPage(f *fragment, page templ.Component) error {
	if page == nil {
		return errors.New("nil component")
	}
	buf := p.buffer()
	seen := p.seen // a templ.Flush in the page changes p.seen
	ctx := &pageContext{p.ctx, &p.root}
	p.rendering = true
	err := f.render(ctx, page, buf)
	p.rendering = false
	p.loads.close(f, false)
	p.seen = seen
	if !p.release(buf) {
		p.pageBuf = buf
	}
	if p.err != nil {
		return p.err
	}
	return err
}

// shellError returns err with a text that says whether a part of the shell was
// sent. The error matches ErrShell if nothing was.
func (p *response) shellError(err error) error {
	if hasLeft(p.ctx) && !errors.Is(err, context.Canceled) && errors.Is(err, context.Cause(p.ctx)) {
		err = fmt.Errorf("%w: %w", p.ctx.Err(), err) // the cause alone does not say that the client has left
	}
	if !p.out.committed {
		return fmt.Errorf("%w: %w", ErrShell, err)
	}
	if p.err != nil {
		return p.err
	}
	return fmt.Errorf("stream: page partly sent: %w", err)
}

// flushShell sends the part of the page that has been rendered. A templ.Flush in
// the page calls it.
func (p *response) flushShell(f *fragment) {
	if !p.out.committed {
		p.aheads.flushed = f
		defer func() { p.aheads.flushed = nil }()
		if p.holdsFlush(f) {
			return
		}
	}
	for more := true; more && p.mode != Complete && p.mode != Multipart && !p.headOnly() && p.err == nil; {
		more = p.flushPart(f)
	}
}

// flushPart is one step of flushShell. In order, the budget limits the content that
// is rendered ahead in one step. flushPart reports whether another step may send
// more.
func (p *response) flushPart(f *fragment) (more bool) {
	// The end tags are sent at the end of the page. In order, everything behind a
	// boundary that is not ready, or that contains one, is sent later, so that a
	// flush does not wait.
	n, end := 0, markup.TailStart(f.bytes)
	for _, h := range f.holes {
		if h.offset > end {
			break
		}
		if p.mode == InOrder && !p.renderWhole(h.b) {
			end = h.offset
			break
		}
		n++
	}
	// An empty flush would send the status, which can still change.
	if p.mode == InOrder {
		p.takeSetters(f.holes)
	}
	err := p.assemblePart(f.bytes[:end], f.holes[:n])
	if err == nil && len(p.bytes) > 0 {
		if p.mode == OutOfOrder {
			p.check.shell(p.bytes, false)
		}
		if err = p.holdBackAhead(); err == nil {
			err = p.write(true)
		}
	}
	if p.err == nil {
		p.err = err
	}
	if end == 0 && n == 0 {
		return false // nothing was taken from f
	}
	f.bytes = append(f.bytes[:0], f.bytes[end:]...)
	f.holes = append(f.holes[:0], f.holes[n:]...)
	for i := range f.holes {
		f.holes[i].offset -= end
	}
	return p.mode == InOrder && n > 0 && len(f.holes) > 0
}

// sendShell sends the rest of the shell. A boundary that is not ready shows its
// fallback.
func (p *response) sendShell(f *fragment) error {
	if len(f.holes) == 0 && !p.reveal.open() && !p.noindex {
		p.bytes, f.bytes = f.bytes, nil
		return p.writeLast()
	}
	if err := p.waitForGrace(f.holes); err != nil {
		return err
	}
	if err := p.assembleRest(f); err != nil {
		return err
	}
	f.recycle()
	if !p.reveal.open() {
		if p.noindex {
			p.bytes = slices.Insert(p.bytes, markup.TailStart(p.bytes), []byte(noindexElement)...)
		}
		return p.writeLast()
	}
	if p.mode == Multipart {
		return p.sendFirstPart()
	}
	end := markup.TailStart(p.bytes)
	p.check.shell(p.bytes[:end], true)
	p.tail = append(p.tail, p.bytes[end:]...)
	p.bytes = p.rd.Script.appendElement(p.appendShellEnd(p.bytes[:end]), assets.Unsuspense().Text, p.origin.nonce)
	p.check.scanner, p.check.behind = nil, true
	if p.reveal.pending == 0 {
		return p.sendEnd()
	}
	p.renewNotices()
	return p.write(true)
}

// assemblePart sets p.bytes to src, a part of the page, and fills its holes.
func (p *response) assemblePart(src []byte, holes []hole) error {
	p.bytes = getBytes()
	if !p.outOfOrder() {
		return p.fillInOrder(src, holes)
	}
	p.bytes, p.holes = append(p.bytes, src...), append(p.holes, holes...)
	p.fillHoles(true)
	return nil
}

// assembleRest sets p.bytes to the rest of the page, which it takes from f, and
// fills its holes.
func (p *response) assembleRest(f *fragment) error {
	src, holes := f.bytes, f.holes
	if p.outOfOrder() {
		p.bytes, p.holes, f.bytes = src, holes, nil
		p.fillHoles(false)
		p.holes = nil // f gives them back
		return nil
	}
	if p.mode == InOrder && cap(src) > maxPooled {
		f.bytes = nil // the turn of src holds what is not sent
	}
	p.bytes = getBytes()
	return p.fillInOrder(src, holes)
}

// waitForGrace waits until the boundaries at holes are ready, but at most for the
// Renderer's Grace.
func (p *response) waitForGrace(holes []hole) error {
	for p.mode.hasFallbacks() {
		until := p.reveal.graceUntil(time.Now(), holes)
		if until.IsZero() || p.anyDecides(holes) {
			break
		}
		timer := time.AfterFunc(time.Until(until), p.loads.signal)
		err := p.wait()
		if timer.Stop(); err != nil {
			return err
		}
	}
	return nil
}
