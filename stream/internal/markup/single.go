package markup

import "slices"

// Single reports whether html, where s stands, is one element that a script can
// replace later. Beside it there are only white space and comments. The parser makes
// an element of it, puts no part of it elsewhere, and ends it with html. end is where
// the name in its start tag ends. s does not change.
func (s *Scanner) Single(html []byte) (end int, ok bool) {
	if s.Within() != "" || s.unsure {
		return 0, false
	}
	e := single{Scanner: s.Clone(), before: s.last}
	for i := 0; i < len(html) && e.state != notSingle; {
		i = e.next(html, i)
	}
	ok = e.state == ended && e.within == "" && !e.unsure && e.fostered == s.fostered
	return e.end, ok
}

// A single reads HTML that may be one element.
type single struct {
	*Scanner
	state  singleState
	before int // id of the newest element before it
	end    int // offset of the end of the name in its start tag
	id     int // its own, while it is open
	depth  int // its index in open, while it is open
}

type singleState uint8

const (
	expected  singleState = iota // only white space and comments so far
	holdsText                    // it holds nothing but text, and its end tag was not read
	holdsHTML                    // it is open
	ended
	notSingle
)

// next reads the text or the token at html[i:]. It returns where that ends.
func (e *single) next(html []byte, i int) int {
	after, read := e.Scanner.next(html, i)
	tag := html[i+1:]
	switch {
	case read == rawText:
	case read == text:
		e.check(isBlank(html[i:after]))
	case e.within == inTag || e.within == inComment:
		e.state = notSingle
	case len(tag) > 0 && (tag[0] == '!' || tag[0] == '?'):
	case e.state == holdsText:
		e.state = ended // by its end tag
	case e.state == expected && len(tag) > 0 && isLetter(tag[0]):
		e.end = i + 1
		e.begin(html)
	default:
		e.check(false)
		if e.state == ended && len(tag) > 0 && isLetter(tag[0]) {
			e.state = notSingle // a start tag that closes the element begins another one
		}
	}
	return after
}

// begin is called behind the start tag of the element, whose name begins at e.end.
func (e *single) begin(html []byte) {
	start := e.end
	for !isSpace(html[e.end]) && html[e.end] != '/' && html[e.end] != '>' {
		e.end++
	}
	name := e.name(html[start:e.end])
	c, top := classes[name], e.top()
	switch {
	case top.name == name && top.id > e.before:
		e.state, e.id, e.depth = holdsHTML, top.id, len(e.open)-1
		if c&tablePart != 0 && !slices.Contains(parents[name], e.open[e.depth-1].name) {
			e.state = notSingle
		}
	case c&raw != 0:
		e.state = holdsText
	case c&void != 0, (name == "svg" || name == "math") && e.empty:
		e.state = ended
		if name == "col" && !slices.Contains(parents[name], top.name) {
			e.state = notSingle
		}
	default:
		e.state = notSingle // the parser ignores the tag
	}
}

// check is called behind a token or a text. blank says that it shows nothing and is
// no element.
func (e *single) check(blank bool) {
	switch {
	case e.state != holdsHTML:
		if !blank {
			e.state = notSingle
		}
	case len(e.open) == e.depth:
		e.state = ended
	case len(e.open) < e.depth, e.open[e.depth].id != e.id:
		e.state = notSingle
	}
}

// parents are the elements in which the parts of tables may stand. In a chunk they
// stand by themselves.
var parents = map[string][]string{
	"caption":  {"table", inChunk},
	"colgroup": {"table", inChunk},
	"col":      {"colgroup", inChunk},
	"thead":    {"table", inChunk},
	"tbody":    {"table", inChunk},
	"tfoot":    {"table", inChunk},
	"tr":       {"thead", "tbody", "tfoot", inChunk},
	"td":       {"tr", inChunk},
	"th":       {"tr", inChunk},
}
