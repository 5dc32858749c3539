package stream

import (
	"cmp"
	"hash/maphash"
	"log/slog"

	"github.com/rivulet-go/rivulet/stream/internal/markup"
)

// A look is what a response knows of its own HTML. A marker works only where the
// parser makes a node of it, and a chunk only where it becomes a child of body.
// What does not allow that is quiet in every browser, so it is looked for: the
// first page of a route is read, and a later one if a boundary, a fallback or
// some content in it ends behind a tag that is not known yet. All pages of a
// route are read once a boundary was found where no marker works.
type look struct {
	route   *route          // nil until it is needed
	news    []uint64        // endings that become known when what is sent has been read
	unread  bool            // what is to be sent has to be read
	scanner *markup.Scanner // behind what was sent of the shell, if that was read
	chunks  bool            // the shell was sent
	bytes   int             // that were read, of markup.MaxLook
}

// ending is what is looked at the end of.
type ending uint64

const (
	beforeBoundary ending = iota
	ofFallback
	ofContent
	ofShell
)

// known reports whether HTML of this route that ended with tag has been read.
// It returns the hash by which that is learnt, or zero if it never is.
func (p *response) known(kind ending, b *boundary, tag []byte, odd bool) (known bool, h uint64) {
	if p.look.route == nil {
		p.look.route = routeOf(p.r)
	}
	if odd {
		return false, 0
	}
	h = maphash.Bytes(routeSeed, tag) + uint64(kind)<<8
	if b != nil && b.Name != "" {
		h ^= maphash.String(routeSeed, b.Name)
	}
	return !p.look.route.stuck.Load() && p.look.route.knows(h), h
}

// lookAt looks at the end of html, which is to be sent, and has it all read if
// that is not known.
func (p *response) lookAt(kind ending, b *boundary, html []byte) {
	tag, odd := markup.Hint(html)
	p.lookAtTag(kind, b, tag, odd)
}

func (p *response) lookAtTag(kind ending, b *boundary, tag []byte, odd bool) {
	known, h := p.known(kind, b, tag, odd)
	if known {
		return
	}
	p.look.unread = true
	if h != 0 {
		p.look.news = append(p.look.news, h)
	}
}

// read has s read html, as far as that may be.
func (p *response) read(s *markup.Scanner, html []byte, holes []int, report func(hole int, within string)) {
	html = html[:min(len(html), markup.MaxLook-p.look.bytes)]
	p.look.bytes += len(html)
	s.Read(html, holes, report)
}

// behind returns a Scanner of what follows what was sent.
func (p *response) behind() *markup.Scanner {
	switch {
	case p.look.scanner != nil:
		return p.look.scanner.Clone()
	case p.look.chunks:
		return markup.Body(true)
	case p.out.committed:
		return markup.Body(false)
	}
	return new(markup.Scanner)
}

// findStuck finds the boundaries among p.holes whose markers would not work,
// and reports whether there are any.
func (p *response) findStuck() (found bool) {
	pos := 0
	for i, m := range p.holes {
		// Where no tag stands between two boundaries, one knows of both.
		if tag, odd := markup.Hint(p.bytes[pos:m.offset]); i == 0 || tag != nil || odd {
			p.lookAtTag(beforeBoundary, nil, tag, odd)
		}
		pos = m.offset
	}
	if !p.look.unread && p.look.scanner == nil {
		return false
	}
	holes := make([]int, len(p.holes))
	for i, m := range p.holes {
		holes[i] = m.offset
	}
	p.read(p.behind(), p.bytes, holes, func(i int, within string) {
		if b := p.holes[i].b; within != "" {
			p.holes[i].decision, found = stuck, true
			p.look.route.stuck.Store(true)
			p.fault("stream: a boundary waits in place, because no marker works there", b.Name, slog.String("within", within))
		}
	})
	return found
}

// lookAtContent looks at what b shows: it is to leave nothing open that takes in
// what follows.
func (p *response) lookAtContent(b *boundary, html []byte) {
	tag, odd := markup.Hint(html)
	known, h := p.known(ofContent, b, tag, odd)
	if known {
		return
	}
	s := markup.Chunk()
	p.read(s, html, nil, nil)
	within := s.Within()
	if s.Closed() {
		within = "template"
	}
	// A template in svg or math takes the end tag of the chunk.
	if s.Read([]byte("</template>"), nil, nil); (within == "svg" || within == "math") && !s.Closed() {
		within += " template"
	}
	if h != 0 {
		p.look.route.learn(h)
	}
	switch within {
	case "", "svg", "math": // they end with a chunk
	default:
		p.fault("stream: what a boundary shows is not whole, so what follows is not shown", b.Name, slog.String("within", within))
	}
}

// lookAtShell looks at a part of the shell, with markers in it, that is to be
// sent.
func (p *response) lookAtShell(html []byte, last bool) {
	p.lookAt(ofShell, nil, html)
	if !p.look.unread && p.look.scanner == nil {
		return
	}
	s := p.behind()
	p.lookAtMarkers(s, html)
	if !last {
		p.look.scanner = s
		return
	}
	if open := s.Within() + s.Open(); open != "" {
		if s.Within() != "" {
			open = s.Within()
		}
		p.fault("stream: the page leaves an element open, so its chunks will not be shown", "", slog.String("element", open))
	}
	p.learn()
}

// lookAtChunks looks at the chunks in p.bytes.
func (p *response) lookAtChunks() {
	if p.look.unread {
		p.lookAtMarkers(p.behind(), p.bytes)
		p.learn()
	}
}

// lookAtMarkers says which boundaries keep their fallbacks.
func (p *response) lookAtMarkers(s *markup.Scanner, html []byte) {
	p.read(s, html, nil, nil)
	strays := s.Strays()
	if len(strays) == 0 {
		return
	}
	names := p.names()
	for _, stray := range strays {
		p.fault("stream: a fallback stays on the page, because the parser moves it or its end marker elsewhere",
			cmp.Or(names[stray.ID], stray.ID), slog.String("within", stray.Parent))
	}
}

// learn notes that all of the news has been read.
func (p *response) learn() {
	for _, h := range p.look.news {
		p.look.route.learn(h)
	}
	p.look.news, p.look.unread = nil, false
}

// fault logs what is wrong with the boundary of that name, once for each.
func (p *response) fault(message, name string, attr slog.Attr) {
	if !p.look.route.once(message + "\x00" + name) {
		return
	}
	attrs := []slog.Attr{attr, slog.String("path", p.r.URL.Path)}
	if name != "" {
		attrs = append(attrs, slog.String("name", name))
	}
	p.rd.logger().LogAttrs(p.ctx, slog.LevelWarn, message, attrs...)
}

// names returns the names, by id, of the boundaries whose content was not sent.
func (p *response) names() map[string]string {
	p.loads.mu.Lock()
	defer p.loads.mu.Unlock()
	names := make(map[string]string)
	note := func(b *boundary) {
		if b.Name != "" {
			names[string(b.appendID(nil))] = b.Name
		}
	}
	for b := p.loads.unsettled.first; b != nil; b = b.unsettled.next {
		note(b)
	}
	for _, b := range p.loads.arrived {
		note(b)
	}
	return names
}
