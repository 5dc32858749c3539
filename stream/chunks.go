package stream

// sendChunks sends chunks with the content of pending boundaries that are ready.
// When nothing is pending any more, it also sends the end of the page.
func (p *response) sendChunks() error {
	if p.mode == Multipart {
		return p.sendParts()
	}
	turn := p.written()
	for b := range p.reveal.chunks(p.loads.take()) {
		turn = p.giveWay(turn)
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

// chunk appends a chunk with the content of b to p.bytes.
func (p *response) chunk(b *boundary) {
	if p.bytes == nil {
		p.bytes = getBytes()
	}
	start := p.written()
	p.bytes = appendChunkStart(p.bytes, b)
	content := len(p.bytes)
	// The next write returns its error.
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

// writeChunks fills the holes in p.bytes, which are chunks, and sends them. It
// adds the end of the page if nothing is pending any more.
func (p *response) writeChunks() error {
	p.fillHoles(false)
	p.appendPreloads()
	p.check.chunks()
	if p.reveal.pending == 0 {
		return p.sendEnd()
	}
	p.renewNotices()
	return p.write(true)
}

// renewNotices appends the notices again if the deadline that they show has
// moved, and the slots of the head that show an old value.
func (p *response) renewNotices() {
	p.renewHeads(false)
	for _, b := range p.takeOutdated() {
		p.bytes = appendChunkStart(p.bytes, b)
		p.placeholder(b)
		p.bytes = appendChunkEnd(p.bytes)
	}
}

// takeOutdated takes and returns the notices whose deadline has moved.
func (p *response) takeOutdated() []*boundary {
	if len(p.reveal.notices) == 0 {
		return nil // the deadline costs more
	}
	return p.reveal.takeOutdated(p.lastDeadline())
}

// sendEnd sends the end of a page on which nothing is pending. It also removes
// the notices. They are not removed earlier, so that they stay on a page that is
// cut.
func (p *response) sendEnd() error {
	p.renewHeads(true)
	for _, b := range p.reveal.takeNotices() {
		p.bytes = appendChunkEnd(appendChunkStart(p.bytes, b))
	}
	if p.noindex {
		p.bytes = append(p.bytes, noindexElement...)
	}
	p.bytes = append(p.bytes, p.tail...)
	return p.writeLast()
}
