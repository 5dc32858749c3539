package stream

import (
	"cmp"
	"hash/maphash"
	"log/slog"
	"strings"

	"github.com/rivulet-go/rivulet/stream/internal/markup"
)

// A check looks for faults in the HTML of a response. A marker works only where
// the parser turns it into a node, and a chunk only where it becomes a child of
// body. Elsewhere they fail silently in every browser.
//
// Reading all HTML would cost too much. A check reads the first page of a route.
// It reads a later page only if the HTML before a boundary, of a fallback or of
// some content ends with a tag that is not known there. After a boundary was
// found where no marker works, all pages of the route are read.
type check struct {
	p       *response
	news    []uint64        // hashes of endings that are known once the HTML has been read
	scanner *markup.Scanner // after the part of the shell that was sent, if that was read
	unread  bool            // the HTML that will be sent next has to be read
	behind  bool            // the HTML that will be sent next follows the shell
	titled  bool            // the page has a title in its head, which no boundary changes
	bytes   int             // number of bytes read, at most markup.MaxLook
}

// An ending is a kind of HTML whose end is looked at.
type ending uint64

const (
	beforeBoundary ending = iota
	ofFallback
	ofContent
	ofShell
)

// known reports whether HTML of this kind that ends with tag has been read on the
// route. It returns the hash to be learnt when it is, or zero if it has to be
// read each time.
func (c *check) known(kind ending, b *boundary, tag []byte, odd bool) (known bool, h uint64) {
	if odd {
		return false, 0
	}
	h = maphash.Bytes(routeSeed, tag) + uint64(kind)<<8
	if b != nil && b.Name != "" {
		h ^= maphash.String(routeSeed, b.Name)
	}
	return !c.p.route().stuck.Load() && c.p.route().knows(h), h
}

// ending looks at the end of html, which will be sent next. If that end is not
// known, all of what is sent next will be read.
func (c *check) ending(kind ending, b *boundary, html []byte) {
	tag, odd := markup.Hint(html)
	c.endsWith(kind, b, tag, odd)
}

// endsWith is ending for HTML that ends with tag.
func (c *check) endsWith(kind ending, b *boundary, tag []byte, odd bool) {
	known, h := c.known(kind, b, tag, odd)
	if known {
		return
	}
	c.unread = true
	if h != 0 {
		c.news = append(c.news, h)
	}
}

// read lets s read html, up to a total of markup.MaxLook bytes.
func (c *check) read(s *markup.Scanner, html []byte, holes []int, report func(hole int, within string)) {
	html = html[:min(len(html), markup.MaxLook-c.bytes)]
	c.bytes += len(html)
	s.Read(html, holes, report)
}

// scan returns a Scanner for the HTML that will be sent next.
func (c *check) scan() *markup.Scanner {
	switch {
	case c.scanner != nil:
		return c.scanner.Clone()
	case c.behind:
		return markup.Body(true)
	case c.p.out.committed:
		return markup.Body(false)
	}
	return new(markup.Scanner)
}

// stuckHoles marks those of c.p.holes as stuck where no marker works. It reports
// whether there are any.
func (c *check) stuckHoles() (found bool) {
	pos := 0
	for i, h := range c.p.holes {
		// Two boundaries without a tag between them need to be looked at once.
		if tag, odd := markup.Hint(c.p.bytes[pos:h.offset]); i == 0 || tag != nil || odd {
			c.endsWith(beforeBoundary, nil, tag, odd)
		}
		pos = h.offset
	}
	if !c.unread && c.scanner == nil {
		return false
	}
	offsets := make([]int, len(c.p.holes))
	for i, h := range c.p.holes {
		offsets[i] = h.offset
	}
	c.read(c.scan(), c.p.bytes, offsets, func(i int, within string) {
		if b := c.p.holes[i].b; within != "" && b.isSlot() {
			c.p.freezeHead(b, within)
		} else if within != "" {
			c.p.reveal.stick(&c.p.holes[i])
			found = true
			c.p.route().stuck.Store(true)
			c.fault("stream: a boundary waits in place, because no marker works there", b.Name, slog.String("within", within))
		}
	})
	return found
}

// content looks at the content of b. It must not leave an element open that takes
// in what follows.
func (c *check) content(b *boundary, html []byte) {
	tag, odd := markup.Hint(html)
	known, h := c.known(ofContent, b, tag, odd)
	if known {
		return
	}
	s := markup.Chunk()
	c.read(s, html, nil, nil)
	within := s.Within()
	if s.Closed() {
		within = "template"
	}
	// An open template in svg or math takes the end tag of the chunk for its own.
	if s.Read([]byte("</template>"), nil, nil); (within == "svg" || within == "math") && !s.Closed() {
		within += " template"
	}
	c.title(b, s, h)
	switch within {
	case "", "svg", "math": // the end of a chunk closes them
	default:
		c.fault("stream: what a boundary shows is not whole, so what follows is not shown", b.Name, slog.String("within", within))
	}
}

// title looks for a title in the content of b, which s has read. Until it is known
// that such a title is ignored, h is not learnt, so that the content is read again.
func (c *check) title(b *boundary, s *markup.Scanner, h uint64) {
	stray := s.TitleInBody() && b.kind == ordinary && c.p.mode == OutOfOrder
	switch {
	case stray && c.titled:
		c.faultTitle(b.Name)
	case stray && !c.behind:
		c.unread = true
		return
	case stray:
		return
	}
	if h != 0 {
		c.p.route().learn(h)
	}
}

// faultTitle logs that the boundary with that name, or the shell, has a title in the
// body of a page that has another one.
func (c *check) faultTitle(name string) {
	c.fault("stream: a title in the body is ignored, because the head has one: use SetHead", name, slog.String("element", "title"))
}

// shell looks at a part of the shell that will be sent next, with the markers in
// it. last says that the shell ends with this part.
func (c *check) shell(html []byte, last bool) {
	c.ending(ofShell, nil, html)
	if !c.unread && c.scanner == nil {
		return
	}
	s := c.scan()
	c.markers(s, html)
	if !last {
		c.scanner = s
		return
	}
	if open := s.Within() + s.Open(); open != "" {
		if s.Within() != "" {
			open = s.Within()
		}
		c.fault("stream: the page leaves an element open, so its chunks will not be shown", "", slog.String("element", open))
	}
	c.titled = s.TitleInHead() && c.p.areSlots(s.InHead())
	if c.titled && s.TitleInBody() {
		c.faultTitle("")
	}
	c.learn()
}

// chunks looks at the chunks in c.p.bytes, which will be sent next.
func (c *check) chunks() {
	if c.unread {
		c.markers(c.scan(), c.p.bytes)
		c.learn()
	}
}

// markers reads html and logs the boundaries whose fallbacks will stay on the
// page.
func (c *check) markers(s *markup.Scanner, html []byte) {
	c.read(s, html, nil, nil)
	strays := s.Strays()
	if len(strays) == 0 {
		return
	}
	names := c.p.loads.names()
	c.p.nameHeads(names)
	for _, stray := range strays {
		// A random prefix would make each response say it anew.
		path := strings.TrimPrefix(stray.ID, c.p.idPrefix())
		c.fault("stream: a fallback stays on the page, because the parser moves it or its end marker elsewhere",
			cmp.Or(names[path], path), slog.String("within", stray.Parent))
	}
}

// learn makes the news known to the route, since the HTML has been read.
func (c *check) learn() {
	for _, h := range c.news {
		c.p.route().learn(h)
	}
	c.news, c.unread = nil, false
}

// fault logs a fault of the boundary with that name, once for each message and
// name of a route.
func (c *check) fault(message, name string, attr slog.Attr) {
	if !c.p.route().once(message + "\x00" + name) {
		return
	}
	attrs := []slog.Attr{attr, slog.String("path", c.p.r.URL.Path)}
	if name != "" {
		attrs = append(attrs, slog.String("name", name))
	}
	c.p.rd.logger().LogAttrs(c.p.ctx, slog.LevelWarn, message, attrs...)
}
