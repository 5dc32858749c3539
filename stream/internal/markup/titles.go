package markup

// titles says where a page has title elements. The title of a page is its first
// one: https://html.spec.whatwg.org/multipage/dom.html#the-title-element-2
type titles uint8

const (
	titleInHead titles = 1 << iota
	titleInBody
)

// noteTitle records that a title begins, outside svg and math.
func (t *tree) noteTitle() {
	switch {
	case t.count["template"] > 0:
	case t.phase < inBody:
		t.titles |= titleInHead
	default:
		t.titles |= titleInBody
	}
}

// TitleInHead reports whether there is a title before the body.
func (t *tree) TitleInHead() bool { return t.titles&titleInHead != 0 }

// TitleInBody reports whether there is a title in the body, outside svg.
func (t *tree) TitleInBody() bool { return t.titles&titleInBody != 0 }
