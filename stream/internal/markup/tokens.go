package markup

import (
	"bytes"
	"maps"
	"slices"
)

// MaxLook is the largest number of bytes of a page that a Scanner should read.
const MaxLook = 10 << 20

// Values of Scanner.within besides the names of elements.
const (
	inComment = "comment"
	inTag     = "tag"
)

// A Scanner reads HTML as a browser does. The zero value is at the start of a
// page. Chunk returns a Scanner for other content.
type Scanner struct {
	tree
	within string // inComment, inTag, the name of an element that holds text only, or ""
	quote  byte   // inTag: the quote of the attribute's value, or 0
	empty  bool   // the last tag ends with "/>", so an element of svg or math has no end tag
	names  map[string]string
}

// Read reads html, which continues where the last call has ended. holes are
// offsets in html, in order. For each, Read calls report with the result that
// Within would have had there.
func (s *Scanner) Read(html []byte, holes []int, report func(hole int, within string)) {
	next := 0
	until := func(offset int, within string) {
		for ; next < len(holes) && holes[next] <= offset; next++ {
			report(next, within)
		}
	}
	i := 0
	switch s.within {
	case "":
	case inTag:
		if i = s.endOfTag(html); s.within == "" {
			until(i-1, inTag)
		}
	case inComment:
		if i = s.endOfComment(html, 0, false); s.within == "" {
			until(i-1, inComment)
		}
	}
	for i < len(html) {
		if s.within != "" {
			end := i + textEnd(html[i:], s.within)
			until(end, s.within)
			if i = end; i < len(html) {
				s.within = ""
			}
			continue
		}
		lt := i + index(html[i:], '<')
		if lt > i {
			s.text(html[i:lt])
		}
		until(lt, s.place())
		if lt == len(html) {
			return
		}
		if next < len(holes) && holes[next] == lt+1 {
			// The content of the hole begins with "<", which turns this "<" into text.
			i = lt + 1
			s.text(html[lt:i])
			until(i, s.place())
			continue
		}
		i = s.token(html, lt)
		if s.within != inTag && s.within != inComment {
			until(i-1, tokenKind(html[lt:]))
		}
	}
	until(len(html), s.Within())
}

// Clone returns a Scanner that continues independently.
func (s *Scanner) Clone() *Scanner {
	c := *s
	c.open, c.again = slices.Clone(s.open), slices.Clone(s.again)
	c.markers, c.strays, c.inHead = slices.Clone(s.markers), slices.Clone(s.strays), slices.Clone(s.inHead)
	c.count, c.names = maps.Clone(s.count), nil
	return &c
}

// Within returns the reason for which a marker does not work at this place:
// "comment", "tag", or the name of an element. It returns "" where a marker
// works.
func (s *Scanner) Within() string {
	if s.within != "" {
		return s.within
	}
	return s.place()
}

// tokenKind returns whether a hole in the token at the start of b is in a comment
// or in a tag.
func tokenKind(b []byte) string {
	if len(b) > 1 && (b[1] == '!' || b[1] == '?') || len(b) > 2 && b[1] == '/' && !isLetter(b[2]) {
		return inComment
	}
	return inTag
}

// token reads the token at html[lt:], which begins with "<", and returns where it
// ends.
func (s *Scanner) token(html []byte, lt int) int {
	b := html[lt+1:]
	switch {
	case bytes.HasPrefix(b, []byte("!--")):
		return s.endOfComment(html, lt+4, true)
	case len(b) > 0 && b[0] == '?':
		end := s.endOfBogus(html, lt+1)
		if s.within == "" {
			s.instruction(html[lt:end])
		}
		return end
	case bytes.HasPrefix(b, []byte("![CDATA[")) && s.foreign():
		_, rest, ok := bytes.Cut(b, []byte("]]>"))
		if !ok {
			s.within = inComment
		}
		return len(html) - len(rest)
	case len(b) > 0 && b[0] == '!':
		if len(b) > 8 && bytes.EqualFold(b[1:8], []byte("doctype")) {
			s.doctype = true
		}
		return s.endOfBogus(html, lt+1)
	case len(b) > 1 && b[0] == '/' && isLetter(b[1]):
		return s.tag(html, lt+2, true)
	case len(b) > 1 && b[0] == '/' && b[1] == '>':
		return lt + 3
	case len(b) > 1 && b[0] == '/':
		return s.endOfBogus(html, lt+2)
	case len(b) > 0 && isLetter(b[0]):
		return s.tag(html, lt+1, false)
	case len(b) == 1 && b[0] == '/':
		s.within, s.quote = inTag, 0
		return len(html)
	}
	s.text(html[lt : lt+1])
	return lt + 1
}

// tag reads the tag whose name begins at html[start:].
func (s *Scanner) tag(html []byte, start int, end bool) int {
	n := start
	for n < len(html) && !isSpace(html[n]) && html[n] != '/' && html[n] != '>' {
		n++
	}
	s.within, s.quote, s.empty = inTag, 0, false
	after := n + s.endOfTag(html[n:])
	if s.within != "" {
		return len(html)
	}
	name := s.name(html[start:n])
	if end {
		s.endTag(name)
		return after
	}
	attributes := html[n:after]
	s.startTag(name, attributes)
	return after
}

// endOfTag returns where a tag ends. b begins within its attributes.
func (s *Scanner) endOfTag(b []byte) int {
	i := 0
	if s.quote != 0 {
		i = index(b, s.quote) + 1
		if i > len(b) {
			return len(b)
		}
		s.quote = 0
	}
	for i < len(b) {
		switch c := b[i]; {
		case c == '>':
			s.within = ""
			return i + 1
		case c == '/' || isSpace(c):
			i++
			s.empty = c == '/' && i < len(b) && b[i] == '>'
			continue
		}
		// The name of an attribute, which may begin with "=".
		for i++; i < len(b) && !isSpace(b[i]) && b[i] != '/' && b[i] != '>' && b[i] != '='; i++ {
		}
		j := skipSpace(b, i)
		if j == len(b) || b[j] != '=' {
			i = j
			continue
		}
		i = skipSpace(b, j+1)
		if i == len(b) {
			break
		}
		switch q := b[i]; q {
		case '"', '\'':
			n := index(b[i+1:], q)
			if i += n + 2; i > len(b) {
				s.quote = q
				return len(b)
			}
		case '>':
		default:
			for i < len(b) && !isSpace(b[i]) && b[i] != '>' {
				i++
			}
		}
	}
	return len(b)
}

// endOfComment returns where a comment ends. Its text begins at html[i:].
func (s *Scanner) endOfComment(html []byte, i int, whole bool) int {
	first := i
	for {
		n := bytes.Index(html[i:], []byte("--"))
		// At its start a comment may end sooner: <!--> and <!--->.
		if whole && i == first {
			switch {
			case bytes.HasPrefix(html[i:], []byte(">")):
				return i + 1
			case bytes.HasPrefix(html[i:], []byte("->")):
				return i + 2
			}
		}
		if n < 0 {
			s.within = inComment
			return len(html)
		}
		i += n
		switch {
		case bytes.HasPrefix(html[i+2:], []byte(">")):
			s.within = ""
			return i + 3
		case bytes.HasPrefix(html[i+2:], []byte("!>")):
			s.within = ""
			return i + 4
		}
		i++
	}
}

// endOfBogus returns the end of a bogus comment, which ends at the first ">".
func (s *Scanner) endOfBogus(html []byte, i int) int {
	n := index(html[i:], '>')
	if i+n == len(html) {
		s.within, s.quote = inTag, 0
		return len(html)
	}
	return i + n + 1
}

// textEnd returns where the end tag of an element that holds only text begins. b
// begins within that text.
func textEnd(b []byte, name string) int {
	switch name {
	case "plaintext":
		return len(b)
	case "script":
		return scriptEnd(b)
	}
	for i := 0; ; i++ {
		i += index(b[i:], '<')
		if i == len(b) || isTag(b[i:], "</", name) {
			return i
		}
	}
}

// scriptEnd is textEnd for scripts. An end tag does not count in a script within
// a comment.
func scriptEnd(b []byte) int {
	escaped, double := false, false
	dashes := -1 // where the comment ends
	for i := 0; ; i++ {
		i += index(b[i:], '<')
		if escaped && dashes < i {
			escaped, double = false, false
		}
		switch {
		case i == len(b):
			return i
		case !escaped && bytes.HasPrefix(b[i:], []byte("<!--")):
			escaped = true
			dashes = len(b)
			if n := bytes.Index(b[i+2:], []byte("-->")); n >= 0 {
				dashes = i + 2 + n
			}
		case double && isTag(b[i:], "</", "script"):
			double = false
		case isTag(b[i:], "</", "script"):
			return i
		case escaped && isTag(b[i:], "<", "script"):
			double = true
		}
	}
}

// isTag reports whether b begins with a tag with that name.
func isTag(b []byte, open, name string) bool {
	n := len(open) + len(name)
	return len(b) > n && string(b[:len(open)]) == open && bytes.EqualFold(b[len(open):n], []byte(name)) &&
		(isSpace(b[n]) || b[n] == '/' || b[n] == '>')
}

// index returns the index of the first c in b, or len(b).
func index(b []byte, c byte) int {
	if i := bytes.IndexByte(b, c); i >= 0 {
		return i
	}
	return len(b)
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	return i
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'
}

func isLetter(c byte) bool { c |= 0x20; return 'a' <= c && c <= 'z' }
