package stream

import (
	"fmt"
	"io"
	"slices"

	"github.com/a-h/templ"
)

// settle puts at each mark of p.bytes what is to stand there: the content of a
// boundary that is ready, or markers with the fallback. If patient, it lets
// loads that need no time end first, those of boundaries within others too.
func (p *response) settle(patient bool) {
	for len(p.marks) > 0 {
		if patient {
			p.yield()
		}
		if !slices.ContainsFunc(p.marks, func(m mark) bool { return m.b.settled.Load() }) {
			p.atMarks(p.placeholder)
			return
		}
		p.atMarks(func(b *boundary) {
			if !b.settled.Load() {
				p.marks = append(p.marks, mark{len(p.bytes), b})
				return
			}
			_ = p.fillInPlace(b) // its error shows at the next write
		})
	}
}

// atMarks writes p.bytes anew and calls put at each mark.
func (p *response) atMarks(put func(*boundary)) {
	src, marks := p.bytes, p.marks
	p.bytes, p.marks = getBytes(), nil
	pos := 0
	for _, m := range marks {
		p.bytes = append(p.bytes, src[pos:m.offset]...)
		pos = m.offset
		put(m.b)
	}
	p.bytes = append(p.bytes, src[pos:]...)
	putBytes(src)
}

// settleInOrder appends src to p.bytes and waits at each mark for the content
// that is to stand there.
func (p *response) settleInOrder(src []byte, marks []mark) error {
	pos := 0
	for _, m := range marks {
		p.bytes = append(p.bytes, src[pos:m.offset]...)
		pos = m.offset
		if p.mode == InOrder && !p.whole && !m.b.settled.Load() && len(p.bytes) > 0 {
			p.yield() // what ends at this moment needs no flush before it
			if !m.b.settled.Load() {
				if err := p.write(true); err != nil {
					return err
				}
				p.bytes = getBytes()
			}
		}
		if err := p.await(m.b); err != nil {
			return err
		}
		if err := p.fillInPlace(m.b); err != nil {
			return err
		}
	}
	p.bytes = append(p.bytes, src[pos:]...)
	return nil
}

func (p *response) fillInPlace(b *boundary) error {
	start := p.written()
	err := p.fill(b)
	p.noteSent(b, p.written()-start, true)
	return err
}

// placeholder writes the markers of b with its fallback between them.
func (p *response) placeholder(b *boundary) {
	b.sent = true
	p.pending++
	p.bytes = appendStart(p.bytes, b)
	if b.Fallback != nil {
		// A fallback that claimed the page's only copy of a style would take
		// it away at the reveal, so it has a templ state of its own.
		ctx := &placeContext{b.view.Context, b.view.values, b, &templState{nonce: p.nonce}, true}
		if err := p.render(ctx, fallbackFragment, b.Fallback); err != nil {
			p.report(b, "", fmt.Errorf("fallback: %w", err))
		}
	}
	p.bytes = appendEnd(p.bytes)
}

// chunk writes the content of b to follow the page.
func (p *response) chunk(b *boundary) {
	if p.bytes == nil {
		p.bytes = getBytes()
	}
	start := p.written()
	p.pending--
	p.bytes = appendChunkStart(p.bytes, b)
	_ = p.fill(b) // its error shows at the next write
	p.bytes = appendChunkEnd(p.bytes)
	p.noteSent(b, p.written()-start, false)
}

// fill appends the content of b, whose load has ended: its view, or an error
// view. Its error is that of a client that has left.
func (p *response) fill(b *boundary) error {
	b.filled = true
	content, err := b.content, b.err
	b.content = nil
	if err == nil {
		if err = p.render(&b.view, viewFragment, content); err == nil {
			return nil
		}
	}
	passOnAbort(err)
	if gone := p.gone(); gone != nil {
		return gone
	}
	be := p.report(b, newDigest(), err)
	if b.OnError == nil {
		p.failed.Store(true)
	}
	for _, c := range b.errorViews(be) {
		err := p.render(&b.view, viewFragment, c)
		if err == nil {
			break
		}
		p.report(b, be.Digest, fmt.Errorf("error view: %w", err))
	}
	return p.gone()
}

// render renders c at the end of p.bytes, in the context of a boundary. Of a
// component that fails nothing stays.
func (p *response) render(ctx *placeContext, kind fragmentKind, c templ.Component) error {
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
	started := p.loads.started.Load()
	err := safely(func() error { return f.render(ctx, c, p.buf) })
	passOnAbort(err)
	p.bytes, f.bytes = f.bytes, nil
	if err != nil {
		p.loads.close(f, kind == viewFragment)
		p.bytes, f.marks = p.bytes[:start], nil
		if kind == viewFragment {
			p.state.renew(p.nonce)
		}
		return err
	}
	if started == p.loads.started.Load() {
		p.spare = f // nothing that still runs can have seen it
	} else {
		p.loads.close(f, false)
	}
	marks := f.marks
	f.marks = nil
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
	return p.settleInOrder(src, marks)
}

// fillInto waits for b and writes its content to w, a writer that is not ours.
func (p *response) fillInto(w io.Writer, b *boundary) error {
	bytes, buf, seen, whole := p.bytes, p.buf, p.seen, p.whole
	defer func() { p.bytes, p.buf, p.seen, p.whole = bytes, buf, seen, whole }()
	p.bytes, p.buf, p.whole = nil, nil, true
	if err := p.await(b); err != nil {
		return err
	}
	if err := p.fill(b); err != nil {
		return err
	}
	p.noteSent(b, len(p.bytes), true)
	_, err := w.Write(p.bytes)
	return err
}

// written counts the bytes that the response has so far.
func (p *response) written() int { return p.out.sent + len(p.bytes) }

func (p *response) noteSent(b *boundary, bytes int, inPlace bool) {
	if p.trace.Sent != nil {
		p.trace.Sent(p.ctx, b.info(), bytes, inPlace)
	}
}
