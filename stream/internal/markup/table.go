package markup

import "slices"

// table returns the part of a table whose rules apply: "table", "tbody" also for
// thead and tfoot, "tr", "td" also for th, "caption" or "colgroup". Outside of
// tables it returns "".
func (t *tree) table() string {
	if t.rows == 0 {
		return ""
	}
	for i := len(t.open) - 1; i >= 0 && t.step(); i-- {
		e := &t.open[i]
		switch {
		case e.space != html && e.integrates(), e.space == html && (e.name == "template" || e.name == inChunk):
			return ""
		case !e.ofTable():
		case e.name == "thead" || e.name == "tfoot":
			return "tbody"
		case e.name == "th":
			return "td"
		default:
			return e.name
		}
	}
	return ""
}

// clearTo closes the content of the newest open element with one of the names.
func (t *tree) clearTo(names ...string) {
	for i := len(t.open) - 1; i >= 0; i-- {
		if t.open[i].space == html && slices.Contains(names, t.open[i].name) {
			t.pop(i + 1)
			return
		}
	}
}

// popTop closes the newest open element.
func (t *tree) popTop() { t.pop(len(t.open) - 1) }

// startInTable handles a start tag where the rules of part apply. It returns
// false for a tag without a rule of its own there.
func (s *Scanner) startInTable(part, name string, attributes []byte) bool {
	parted := classes[name]&tablePart != 0
	switch {
	case part == "td" || part == "caption":
		if !parted {
			return false
		}
		if part == "td" {
			s.clearTo("td", "th")
		} else {
			s.clearTo("caption")
		}
	case part == "colgroup":
		switch name {
		case "col":
			return true
		case "template":
			return false
		}
		s.clearTo("colgroup")
	case !parted:
		return s.startAstray(name, attributes)
	case part == "table":
		s.clearTo("table")
		s.startInTableItself(name)
		return true
	case part == "tbody":
		s.clearTo("tbody", "thead", "tfoot")
		switch name {
		case "tr":
			s.push("tr", html)
			return true
		case "td", "th":
			s.push("tr", html)
			s.startRows(name)
			return true
		}
	case part == "tr":
		s.clearTo("tr")
		if name == "td" || name == "th" {
			s.startRows(name)
			return true
		}
	}
	s.popTop()
	s.startTag(name, attributes)
	return true
}

func (s *Scanner) startInTableItself(name string) {
	switch name {
	case "col":
		s.push("colgroup", html)
		return
	case "tr":
		s.push("tbody", html)
	case "td", "th":
		s.push("tbody", html)
		s.push("tr", html)
	}
	s.startRows(name)
}

// startRows opens a part of a table in its right place.
func (s *Scanner) startRows(name string) {
	if name == "col" {
		return
	}
	s.push(name, html)
	if name == "td" || name == "th" || name == "caption" {
		s.mark()
	}
}

// startAstray handles a start tag that does not belong in a table.
func (s *Scanner) startAstray(name string, attributes []byte) bool {
	switch name {
	case "style", "script", "template":
		return false
	case "table":
		if s.count["table"] == 0 {
			s.unsure = true
			return true
		}
		s.clearTo("table")
		s.popTop()
		s.startTag(name, attributes)
		return true
	case "input":
		if hasAny(attributes, "hidden") {
			return true
		}
	case "form":
		if s.form == 0 && !s.inTemplate() {
			s.last++
			s.form = s.last
		}
		return true
	}
	s.foster()
	return false
}

// foster records that the parser puts the next content before the table.
func (s *Scanner) foster() {
	e := s.top()
	switch {
	case !e.ofTable() || e.class&scope != 0 && e.name != "table":
		return
	case s.count["table"] == 0 || s.count["select"] > 0:
		s.unsure = true
		return
	}
	s.fostered++
	for i := range s.markers {
		if s.markers[i].parent == e.id {
			s.markers[i].strayed = true
		}
	}
}

// endInTable handles an end tag where the rules of part apply. It returns false
// for a tag without a rule of its own there.
func (s *Scanner) endInTable(part, name string) bool {
	closed := name
	switch name {
	case "table", "tbody", "thead", "tfoot", "tr":
	case "td", "th":
		if part != "td" {
			return true
		}
	case "caption", "colgroup":
		if part != name {
			return true
		}
	case "col", "body", "html":
		return true
	default:
		if part == "colgroup" && name != "template" {
			s.clearTo("colgroup")
			s.popTop()
			s.endTag(name)
			return true
		}
		if (name == "p" || name == "br") && part != "td" && part != "caption" {
			s.foster()
		}
		return false
	}
	if s.count[closed] == 0 {
		return true
	}
	i := s.find(named(closed), func(e *element) bool {
		return e.space == html && (e.name == "table" || e.name == "template" || e.name == inChunk)
	})
	if i >= 0 {
		s.pop(i)
	}
	return true
}
