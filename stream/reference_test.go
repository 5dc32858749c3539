package stream_test

import (
	"errors"
	"strconv"
	"strings"

	"github.com/rivulet-go/rivulet/stream"
)

// reference is the page when everything has come, if the boundaries of failed
// have failed.
func reference(trees []*tree, failed map[int]error) string {
	var b strings.Builder
	b.WriteString("<body>")
	for _, t := range trees {
		b.WriteString("<p>")
		t.reference(&b, failed)
	}
	b.WriteString("</body></html>")
	return b.String()
}

// values returns the values of the head that the page has set, in the order in which
// they stand in it, if the boundaries of failed have failed. The first one is the
// head's own.
func values(trees []*tree, failed map[int]error) []string {
	values := []string{valueOf(0)}
	for _, t := range trees {
		t.visit(failed, func(t *tree) {
			came := failed[t.id] == nil || t.sequence && t.shown(failed) > 0
			if t.sets && !t.apart && came {
				values = append(values, valueOf(t.id))
			}
		})
	}
	return values
}

// valueOf is the value of the head that the tree sets.
func valueOf(id int) string { return valueStart + strconv.Itoa(id) + ">" }

func (t *tree) reference(b *strings.Builder, failed map[int]error) {
	id := strconv.Itoa(t.id)
	if t.stuck {
		b.WriteString("<textarea>")
		defer b.WriteString("</textarea>")
	}
	if t.sequence {
		for i := range t.shown(failed) {
			switch {
			case i == 0:
				b.WriteString("<b" + id + ">" + t.use())
			case i == len(t.children)+2:
				b.WriteString("/b" + id)
			case i <= t.half:
				b.WriteString(".")
				t.children[i-1].reference(b, failed)
			case i > t.half+1:
				b.WriteString(".")
				t.children[i-2].reference(b, failed)
			}
		}
		if failed[t.id] == nil {
			return
		}
	} else if failed[t.id] == nil {
		b.WriteString("<b" + id + ">" + t.use())
		for _, child := range t.children {
			b.WriteString(".")
			child.reference(b, failed)
		}
		b.WriteString("</b" + id + ">")
		return
	}
	switch t.own {
	case textView:
		b.WriteString("<own" + id + ">" + t.use())
	case boundaryView:
		b.WriteString("<own" + id + ">" + t.use())
		t.spare.reference(b, failed)
	default:
		if !t.hides(failed[t.id]) {
			b.WriteString("<failed" + id + ">")
		}
	}
}

// hides reports whether t shows nothing of err, unless it has a view of its own.
func (t *tree) hides(err error) bool {
	return t.optional && !errors.As(err, new(*stream.PanicError))
}

// shown returns how many pieces of t are shown: those that were taken, up to one
// that has failed.
func (t *tree) shown(failed map[int]error) int {
	n := int(t.came.Load())
	if failed[t.id] != nil && t.fate >= viewError {
		n = min(n, t.half+1)
	}
	return n
}

// visit calls f for each tree that the finished page shows, itself or its
// error view.
func (t *tree) visit(failed map[int]error, f func(*tree)) {
	f(t)
	children := t.children
	if t.sequence {
		// One piece is the start, another the slow work.
		n := t.shown(failed) - 1
		if n > t.half {
			n--
		}
		children = children[:max(0, min(n, len(children)))]
	} else if failed[t.id] != nil {
		children = nil
	}
	for _, child := range children {
		child.visit(failed, f)
	}
	if failed[t.id] != nil && t.own == boundaryView {
		t.spare.visit(failed, f)
	}
}

// holds reports whether is is true of t or of a tree inside it.
func (t *tree) holds(is func(*tree) bool) bool {
	if is(t) || t.spare != nil && t.spare.holds(is) {
		return true
	}
	for _, child := range t.children {
		if child.holds(is) {
			return true
		}
	}
	return false
}
