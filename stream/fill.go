package stream

import (
	"fmt"
	"io"
)

// sendReady sends the content of pending boundaries that are ready and, when
// nothing is pending any more, the end of the page.
func (p *response) sendReady() error {
	for _, b := range p.loads.take() {
		// What has no markers yet is filled where it stands when its
		// surroundings are sent. A chunk before it may have done so.
		if b.sent && !b.filled && b.ready() {
			p.chunk(b)
		}
		if len(p.bytes) > p.part() && p.pending > 0 {
			p.fillMarks(true)
			p.lookAtChunks()
			p.renewNotices()
			if err := p.write(true); err != nil {
				return err
			}
		}
	}
	if p.bytes == nil {
		return nil
	}
	p.fillMarks(true)
	p.lookAtChunks()
	if p.pending == 0 {
		return p.sendEnd()
	}
	p.renewNotices()
	return p.write(true)
}

// chunk writes the content of b to follow the page.
func (p *response) chunk(b *boundary) {
	if p.bytes == nil {
		p.bytes = getBytes()
	}
	start := p.written()
	p.bytes = appendChunkStart(p.bytes, b)
	content := len(p.bytes)
	// Its error shows at the next write.
	more, err := p.fill(b)
	if err == nil {
		p.lookAtContent(b, p.bytes[content:])
	}
	if more {
		p.bytes = appendEnd(appendStart(p.bytes, b))
	} else {
		p.pending--
	}
	p.bytes = appendChunkEnd(p.bytes)
	p.noteSent(b, p.written()-start, false)
}

// fillInPlace appends the content of b, which stands where p.bytes end, and
// reports whether there is more to come.
func (p *response) fillInPlace(b *boundary) (more bool, err error) {
	start, content := p.written(), len(p.bytes)
	more, err = p.fill(b)
	// In order, some of it may have been sent.
	if err == nil && p.written()-start == len(p.bytes)-content {
		p.lookAtContent(b, p.bytes[content:])
	}
	p.noteSent(b, p.written()-start, true)
	return more, err
}

// fillInto waits for b and writes its content to w, a writer that is not ours.
// It is called in the midst of another view, whose bytes it puts aside.
func (p *response) fillInto(w io.Writer, b *boundary) error {
	bytes, buf, seen, whole := p.bytes, p.buf, p.seen, p.whole
	defer func() { p.bytes, p.buf, p.seen, p.whole = bytes, buf, seen, whole }()
	p.bytes, p.buf, p.whole = nil, nil, true
	for more := true; more; {
		err := p.await(b)
		if err != nil {
			return err
		}
		if more, err = p.fill(b); err != nil {
			return err
		}
	}
	p.noteSent(b, len(p.bytes), true)
	_, err := w.Write(p.bytes)
	return err
}

// fill appends the content of b, which is ready: its view, or an error view, or
// the pieces that have come, with more to come. Its error is that of a client
// that has left.
func (p *response) fill(b *boundary) (more bool, err error) {
	if p.err != nil {
		return false, p.err
	}
	if more, err = p.fillContent(b); !more {
		p.loads.forget(b)
	}
	return more, err
}

// fillContent does what fill says.
func (p *response) fillContent(b *boundary) (more bool, err error) {
	if b.pieces != nil {
		return p.fillPieces(b)
	}
	b.filled = true
	content, err := b.content, b.err
	b.content = nil
	b.keep(0) // from here on it is among our own
	if err == nil {
		if err = p.render(&b.view, viewFragment, content); err == nil {
			return false, nil
		}
	}
	return false, p.fillFailed(b, err)
}

// fillFailed appends what stands for b, which has failed with err.
func (p *response) fillFailed(b *boundary, err error) error {
	passOnAbort(err)
	if gone := p.gone(); gone != nil {
		return gone
	}
	be := b.reportFailure(p.ctx, err)
	views := b.errorViews(be)
	for i, c := range views {
		p.lastResort = i == len(views)-1
		err := p.render(&b.view, viewFragment, c)
		if err == nil {
			break
		}
		b.report(p.ctx, be.Digest, fmt.Errorf("error view: %w", err))
	}
	p.lastResort = false
	return p.gone()
}
