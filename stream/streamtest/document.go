package streamtest

import (
	"fmt"
	"iter"
	"strings"
)

// A document is a page in pieces: text, and the markers in it.
type document struct {
	list   node             // the ends of the ring of pieces
	starts map[string]*node // the first start marker of each name
}

// A node is a piece of a document.
type node struct {
	kind       markerKind
	text       string // of a noMarker
	name       string // of a marker
	prev, next *node
}

type markerKind uint8

const (
	noMarker markerKind = iota
	startMarker
	endMarker
	point // a marker that is neither
)

// marker returns what a processing instruction says. An order to a script is
// noMarker.
func marker(tok string) (kind markerKind, name string, ours bool) {
	words, ok := strings.CutSuffix(strings.TrimPrefix(tok, "<?"), ">")
	if !ok {
		return noMarker, "", false
	}
	word, rest, _ := strings.Cut(words, " ")
	name, _ = strings.CutPrefix(rest, `name="`)
	name, named := strings.CutSuffix(name, `"`)
	switch {
	case word == "start" && named:
		return startMarker, name, true
	case word == "end" && (named || rest == ""):
		return endMarker, name, true
	case word == "marker" && named:
		return point, name, true
	case word == "live", word == "every", word == "late", word == "notice", word == "chunk":
		return noMarker, "", true
	}
	return noMarker, "", false
}

func (d *document) init() {
	d.list.prev, d.list.next = &d.list, &d.list
	d.starts = make(map[string]*node)
}

// text adds text at the end.
func (d *document) text(s string) { d.add(&node{text: s}) }

// add adds n at the end.
func (d *document) add(n *node) { d.insert(n, &d.list) }

// insert adds n before another node.
func (d *document) insert(n, before *node) {
	n.prev, n.next = before.prev, before
	n.prev.next, n.next.prev = n, n
	if n.kind == startMarker && d.starts[n.name] == nil {
		d.starts[n.name] = n
	}
}

func (d *document) remove(n *node) {
	n.prev.next, n.next.prev = n.next, n.prev
	if d.starts[n.name] == n {
		delete(d.starts, n.name)
	}
}

// reveal puts content into the place of the boundary id: between its markers, which
// it removes.
func (d *document) reveal(id string, content *document) error {
	start := d.starts[id]
	if start == nil {
		return fmt.Errorf("%w: chunk %q has no place: the page has no %s", ErrNoMarker, id, `<?start name="`+id+`">`)
	}
	end := start.next
	for end != &d.list && (end.kind != endMarker || end.name != "") {
		end = end.next
	}
	if end == &d.list {
		return fmt.Errorf("%w: chunk %q has no place: no <?end> follows its start marker", ErrNoMarker, id)
	}
	after := end.next
	for n := start; n != after; n = n.next {
		d.remove(n)
	}
	for n := content.list.next; n != &content.list; {
		next := n.next
		d.insert(n, after)
		n = next
	}
	return nil
}

// html returns the text without the markers.
func (d *document) html() string { return between(d.list.next, &d.list) }

// between returns the text from first to the node before end.
func between(first, end *node) string {
	var b strings.Builder
	for n := first; n != end; n = n.next {
		b.WriteString(n.text)
	}
	return b.String()
}

// unfilled yields the ids of the boundaries whose markers are in d, and what they
// show. What a key names has the name at both markers.
func (d *document) unfilled() iter.Seq2[string, string] {
	return func(yield func(id, shows string) bool) {
		var open []*node
		for n := d.list.next; n != &d.list; n = n.next {
			switch {
			case n.kind == startMarker:
				open = append(open, n)
			case n.kind == endMarker && len(open) > 0:
				start := open[len(open)-1]
				open = open[:len(open)-1]
				if n.name == "" && !yield(start.name, between(start, n)) {
					return
				}
			}
		}
	}
}
