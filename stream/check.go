package stream

import (
	"cmp"
	"hash/maphash"
	"log/slog"
	"strings"

	"github.com/rivulet-go/rivulet/stream/internal/markup"
)

// A check is what a response knows of its own HTML. A marker works only where the
// parser makes a node of it, and a chunk only where it becomes a child of body.
// What does not allow that is quiet in every browser, so it is looked for: the
// first page of a route is read, and a later one if a boundary, a fallback or
// some content in it ends behind a tag that is not known yet. All pages of a
// route are read once a boundary was found where no marker works.
type check struct {
	p       *response
	route   *route          // nil until it is needed
	news    []uint64        // endings that become known when what is sent has been read
	unread  bool            // what is to be sent has to be read
	scanner *markup.Scanner // behind what was sent of the shell, if that was read
	behind  bool            // what is to be sent stands behind the shell
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
func (c *check) known(kind ending, b *boundary, tag []byte, odd bool) (known bool, h uint64) {
	if c.route == nil {
		c.route = routeOf(c.p.r)
	}
	if odd {
		return false, 0
	}
	h = maphash.Bytes(routeSeed, tag) + uint64(kind)<<8
	if b != nil && b.Name != "" {
		h ^= maphash.String(routeSeed, b.Name)
	}
	return !c.route.stuck.Load() && c.route.knows(h), h
}

// ending looks at the end of html, which is to be sent, and has it all read if
// that is not known.
func (c *check) ending(kind ending, b *boundary, html []byte) {
	tag, odd := markup.Hint(html)
	c.endsWith(kind, b, tag, odd)
}

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

// read has s read html, as far as that may be.
func (c *check) read(s *markup.Scanner, html []byte, holes []int, report func(hole int, within string)) {
	html = html[:min(len(html), markup.MaxLook-c.bytes)]
	c.bytes += len(html)
	s.Read(html, holes, report)
}

// scan returns a Scanner of what follows what was sent.
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

// stuckHoles finds the boundaries among c.p.holes whose markers would not work,
// and reports whether there are any.
func (c *check) stuckHoles() (found bool) {
	pos := 0
	for i, h := range c.p.holes {
		// Where no tag stands between two boundaries, one knows of both.
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
		if b := c.p.holes[i].b; within != "" {
			c.p.holes[i].decision, found = stuck, true
			c.route.stuck.Store(true)
			c.fault("stream: a boundary waits in place, because no marker works there", b.Name, slog.String("within", within))
		}
	})
	return found
}

// content looks at what b shows: it is to leave nothing open that takes in
// what follows.
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
	// A template in svg or math takes the end tag of the chunk.
	if s.Read([]byte("</template>"), nil, nil); (within == "svg" || within == "math") && !s.Closed() {
		within += " template"
	}
	if h != 0 {
		c.route.learn(h)
	}
	switch within {
	case "", "svg", "math": // they end with a chunk
	default:
		c.fault("stream: what a boundary shows is not whole, so what follows is not shown", b.Name, slog.String("within", within))
	}
}

// shell looks at a part of the shell, with markers in it, that is to be
// sent.
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
	c.learn()
}

// chunks looks at the chunks in c.p.bytes.
func (c *check) chunks() {
	if c.unread {
		c.markers(c.scan(), c.p.bytes)
		c.learn()
	}
}

// markers says which boundaries keep their fallbacks.
func (c *check) markers(s *markup.Scanner, html []byte) {
	c.read(s, html, nil, nil)
	strays := s.Strays()
	if len(strays) == 0 {
		return
	}
	names := c.p.loads.names()
	for _, stray := range strays {
		// A random prefix would make each response say it anew.
		path := strings.TrimPrefix(stray.ID, c.p.prefix)
		c.fault("stream: a fallback stays on the page, because the parser moves it or its end marker elsewhere",
			cmp.Or(names[path], path), slog.String("within", stray.Parent))
	}
}

// learn notes that all of the news has been read.
func (c *check) learn() {
	for _, h := range c.news {
		c.route.learn(h)
	}
	c.news, c.unread = nil, false
}

// fault logs what is wrong with the boundary of that name, once for each.
func (c *check) fault(message, name string, attr slog.Attr) {
	if !c.route.once(message + "\x00" + name) {
		return
	}
	attrs := []slog.Attr{attr, slog.String("path", c.p.r.URL.Path)}
	if name != "" {
		attrs = append(attrs, slog.String("name", name))
	}
	c.p.rd.logger().LogAttrs(c.p.ctx, slog.LevelWarn, message, attrs...)
}
