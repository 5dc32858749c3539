package markup

import (
	"bytes"
	"slices"
)

// A tree is the stack of open elements, with the state that its rules need.
type tree struct {
	phase   phase
	doctype bool
	open    []element
	count   map[string]int // open elements by name
	rows    int            // open tables and parts of tables
	again   []reopened     // formatting elements that are open or will be opened again
	last    int            // id of the newest element
	form    int            // id of the open form, or 0
	unsure  bool           // the input needs rules that are not followed here
	steps   int            // steps from element to element so far

	fostered int // number of times that the parser has put something before a table

	markers []marker
	strays  []Stray
	inHead  []string // ids of start markers before the body
	titles  titles
}

type element struct {
	name  string
	id    int
	class class
	space namespace
}

func (e *element) ofTable() bool {
	return e.space == html && (e.class&tablePart != 0 || e.name == "table")
}

type namespace uint8

const (
	html namespace = iota
	svg
	math
)

// A reopened is an entry of the list of active formatting elements. An entry
// without a name is a marker of that list.
type reopened struct {
	name  string
	depth int // its index in open
	id    int
}

type phase uint8

const (
	beforeHTML phase = iota
	beforeHead
	inHead
	afterHead
	inBody
	afterBody
	afterHTML
)

// Deeper trees, and more steps from element to element, make the Scanner unsure,
// so that its time stays linear.
const (
	maxDepth = 1 << 14
	maxSteps = 1 << 21
)

// Body returns a Scanner of HTML that follows an unknown page. sure means that
// all elements of that page but the body are closed, so that chunks may follow.
func Body(sure bool) *Scanner {
	s := &Scanner{}
	s.doctype, s.unsure = true, !sure
	s.enter("#text")
	return s
}

// Chunk returns a Scanner of the content of a boundary.
func Chunk() *Scanner {
	s := Body(true)
	s.startTag("template", []byte(chunkFor))
	return s
}

// chunkFor is the start of the attributes of a template that fills a boundary.
const chunkFor = ` for="`

// Open returns the name of the element, other than the body, of which a chunk
// would become a child. It returns "" if there is none.
func (t *tree) Open() string {
	if t.unsure || t.phase < inBody {
		return ""
	}
	for _, e := range t.open {
		if e.name != "html" && e.name != "body" {
			return e.name
		}
	}
	return ""
}

// Closed reports whether the HTML so far has closed the chunk that contains it.
func (t *tree) Closed() bool { return t.count[inChunk] == 0 }

// inTemplate reports whether a template is open.
func (t *tree) inTemplate() bool { return t.count["template"]+t.count[inChunk] > 0 }

// place is Within for a place between tags.
func (t *tree) place() string {
	switch {
	case len(t.open) == 0:
		return ""
	case t.count["template"] > 0:
		return "template"
	case t.count["frameset"] > 0:
		return "frameset"
	case !t.foreign():
		return ""
	case t.top().space == math:
		return "math"
	}
	return "svg"
}

// none stands for the newest open element if no element is open.
var none element

func (t *tree) top() *element {
	if len(t.open) == 0 {
		return &none
	}
	return &t.open[len(t.open)-1]
}

// foreign reports whether the parser follows the rules of svg or math.
func (t *tree) foreign() bool {
	e := t.top()
	return e.space != html && !e.integrates()
}

// integrates reports whether e is in svg or math and its children are HTML.
func (e *element) integrates() bool {
	switch e.space {
	case svg:
		return e.name == "foreignobject" || e.name == "desc" || e.name == "title"
	case math:
		switch e.name {
		case "mi", "mo", "mn", "ms", "mtext", "annotation-xml":
			return true
		}
	}
	return false
}

func (t *tree) push(name string, space namespace) {
	if len(t.open) >= maxDepth {
		t.unsure = true
		return
	}
	if t.count == nil {
		t.count = make(map[string]int)
	}
	t.last++
	e := element{name: name, id: t.last, space: space}
	if space == html {
		e.class = classes[name]
		t.count[name]++
		if e.ofTable() {
			t.rows++
		}
	}
	t.open = append(t.open, e)
}

// pop closes elements until n are open.
func (t *tree) pop(n int) {
	for i := n; i < len(t.open); i++ {
		if e := &t.open[i]; e.space == html {
			t.count[e.name]--
			if e.ofTable() {
				t.rows--
			}
			if e.name == "template" || e.class&(scope|tablePart) != 0 {
				t.clearMark(e)
			}
		}
	}
	t.open = t.open[:n]
}

// find returns the index of the newest open element for which wanted returns
// true, or -1 if there is a newer one for which bounds does.
func (t *tree) find(wanted, bounds func(*element) bool) int {
	for i := len(t.open) - 1; i >= 0 && t.step(); i-- {
		e := &t.open[i]
		if wanted(e) {
			return i
		}
		if bounds(e) {
			break
		}
	}
	return -1
}

// step counts a step and reports whether it is within the limit.
func (t *tree) step() bool {
	if t.steps++; t.steps > maxSteps {
		t.unsure = true
	}
	return t.steps <= maxSteps
}

func named(names ...string) func(*element) bool {
	return func(e *element) bool { return e.space == html && slices.Contains(names, e.name) }
}

// bounds reports whether e ends the search for an element in scope.
func bounds(e *element) bool {
	return e.space == html && e.class&scope != 0 || e.space != html && e.integrates()
}

// closeNamed closes the newest open element with that name in scope, and its
// content.
func (t *tree) closeNamed(name string, more ...string) bool {
	if t.count[name] == 0 {
		return false
	}
	i := t.find(named(name), func(e *element) bool { return bounds(e) || named(more...)(e) })
	if i >= 0 {
		t.pop(i)
	}
	return i >= 0
}

// closeP closes a paragraph.
func (t *tree) closeP() { t.closeNamed("p", "button") }

// closeImplied closes elements whose end tag is implied, except those with the
// name but.
func (t *tree) closeImplied(but string) {
	for e := t.top(); e.space == html && e.class&implied != 0 && e.name != but; e = t.top() {
		t.pop(len(t.open) - 1)
	}
}

// reopen opens the formatting elements again that were closed together with a
// block.
func (t *tree) reopen() {
	if t.unsure {
		return
	}
	i := len(t.again)
	for i > 0 && t.again[i-1].name != "" && !t.isOpen(t.again[i-1]) {
		i--
	}
	for ; i < len(t.again); i++ {
		t.push(t.again[i].name, html)
		t.again[i].depth, t.again[i].id = len(t.open)-1, t.last
	}
}

func (t *tree) isOpen(r reopened) bool {
	return r.depth < len(t.open) && t.open[r.depth].id == r.id
}

// pushFormatting opens a formatting element.
func (t *tree) pushFormatting(name string) {
	t.push(name, html)
	// The parser keeps at most three elements with the same name and attributes.
	same := 0
	for i := len(t.again) - 1; i >= 0 && t.again[i].name != ""; i-- {
		if t.again[i].name == name {
			same++
		}
	}
	if same >= 3 {
		t.unsure = true
		return
	}
	t.again = append(t.again, reopened{name, len(t.open) - 1, t.last})
}

// mark adds a marker to the list of active formatting elements.
func (t *tree) mark() {
	if !t.unsure {
		t.again = append(t.again, reopened{id: t.last})
	}
}

// clearMark removes the marker of e and the entries after it.
func (t *tree) clearMark(e *element) {
	if t.unsure {
		return
	}
	for i := len(t.again) - 1; i >= 0; i-- {
		if t.again[i].name == "" && t.again[i].id == e.id {
			t.again = t.again[:i]
			return
		}
	}
}

// closeFormatting is the adoption agency algorithm, for cases in which no child
// has to be moved:
// https://html.spec.whatwg.org/multipage/parsing.html#adoption-agency-algorithm
func (t *tree) closeFormatting(name string) {
	entry := -1
	for i := len(t.again) - 1; i >= 0 && t.again[i].name != ""; i-- {
		if t.again[i].name == name {
			entry = i
			break
		}
	}
	if entry < 0 {
		t.closeOther(name)
		return
	}
	r := t.again[entry]
	if !t.isOpen(r) {
		t.again = slices.Delete(t.again, entry, entry+1)
		return
	}
	for i := len(t.open) - 1; i > r.depth; i-- {
		e := &t.open[i]
		if e.class&special != 0 || e.integrates() || !t.step() {
			t.unsure = true
			return
		}
	}
	t.pop(r.depth)
	t.again = slices.Delete(t.again, entry, entry+1)
}

// closeOther handles the end tags of elements without a rule of their own.
func (t *tree) closeOther(name string) {
	if t.count[name] == 0 {
		return
	}
	i := t.find(named(name), func(e *element) bool { return e.class&special != 0 || e.integrates() })
	if i >= 0 {
		t.pop(i)
	}
}

func isBlank(b []byte) bool { return len(bytes.TrimLeft(b, " \t\r\n\f")) == 0 }
