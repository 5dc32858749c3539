package stream

// sendChunks sends the content of pending boundaries that are ready and, when
// nothing is pending any more, the end of the page.
func (p *response) sendChunks() error {
	for b := range p.reveal.chunks(p.loads.take()) {
		p.chunk(b)
		if p.isPart() && p.reveal.pending > 0 {
			if err := p.writeChunks(); err != nil {
				return err
			}
		}
	}
	if p.bytes == nil {
		return nil
	}
	return p.writeChunks()
}

// chunk writes the content of b behind p.bytes.
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
		p.check.content(b, p.bytes[content:])
	}
	if more {
		p.bytes = appendEnd(appendStart(p.bytes, b))
	} else {
		p.reveal.shown()
	}
	p.bytes = appendChunkEnd(p.bytes)
	p.noteSent(b, p.written()-start, false)
}

// writeChunks sends p.bytes, which are chunks, with what stands at the holes
// in them, and the end of the page if they were the last.
func (p *response) writeChunks() error {
	p.fillHoles(false)
	p.check.chunks()
	if p.reveal.pending == 0 {
		return p.sendEnd()
	}
	p.renewNotices()
	return p.write(true)
}

// renewNotices sends the notices again if they tell of a deadline that is not the
// last any more.
func (p *response) renewNotices() {
	if len(p.reveal.notices) == 0 {
		return
	}
	for _, b := range p.reveal.outdated(p.lastDeadline()) {
		p.bytes = appendChunkStart(p.bytes, b)
		p.placeholder(b)
		p.bytes = appendChunkEnd(p.bytes)
	}
}

// sendEnd sends the end of the page, of which nothing is pending any more. It
// takes the notices away: they go last, so that they stay on a page that is cut.
func (p *response) sendEnd() error {
	for _, b := range p.reveal.taken() {
		p.bytes = appendChunkEnd(appendChunkStart(p.bytes, b))
	}
	p.bytes = append(p.bytes, p.tail...)
	return p.writeLast()
}
