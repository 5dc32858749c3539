package markup

import "bytes"

// startTag handles a start tag.
func (s *Scanner) startTag(name string, attributes []byte) {
	if s.foreign() && s.startForeign(name, attributes) {
		return
	}
	if !s.enter(name) {
		return
	}
	c := classes[name]
	if name == "title" {
		s.noteTitle()
	}
	if c&raw != 0 {
		defer func() { s.within = name }()
	}
	// Tags in a table, and parts of a table outside of one.
	switch t := s.table(); {
	case t != "" && s.startInTable(t, name, attributes):
		return
	case t == "" && c&tablePart != 0:
		if s.inTemplate() {
			s.startRows(name)
		}
		return
	}
	if s.count["select"] > 0 && s.startInSelect(name) {
		return
	}
	s.start(name, c, attributes)
}

// start handles a start tag in the body.
func (s *Scanner) start(name string, c class, attributes []byte) {
	switch name {
	case "template":
		if bytes.HasPrefix(attributes, []byte(chunkFor)) {
			name = inChunk
		}
		s.push(name, html)
		s.mark()
		return
	case "frameset":
		return // for pages without a body
	case "form":
		if s.form != 0 && !s.inTemplate() {
			return
		}
	case "table":
		if !s.doctype {
			if s.count["p"] > 0 {
				s.unsure = true // in quirks mode a table does not close a paragraph
			}
		} else {
			s.closeP()
		}
	case "li":
		s.closeItem("li")
	case "dd", "dt":
		s.closeItem("dd", "dt")
	case "button":
		s.closeNamed("button")
	case "a":
		s.closeSame("a")
	case "nobr":
		s.reopen()
		s.closeSame("nobr")
	case "option", "optgroup":
		if s.top().name == "option" {
			s.pop(len(s.open) - 1)
		}
	case "rb", "rtc":
		if s.count["ruby"] > 0 {
			s.closeImplied("")
		}
	case "rp", "rt":
		if s.count["ruby"] > 0 {
			s.closeImplied("rtc")
		}
	}
	if c&closesP != 0 {
		s.closeP()
	}
	if c&heading != 0 && s.top().class&heading != 0 {
		s.pop(len(s.open) - 1)
	}
	if c&(closesP|plain) == 0 || name == "xmp" {
		s.reopen()
	}
	switch {
	case c&(void|raw) != 0:
	case c&formatting != 0:
		s.pushFormatting(name)
	case (name == "svg" || name == "math") && s.empty:
	case name == "svg":
		s.push(name, svg)
	case name == "math":
		s.push(name, math)
	default:
		s.push(name, html)
		switch name {
		case "form":
			if !s.inTemplate() {
				s.form = s.last
			}
		case "applet", "marquee", "object":
			s.mark()
		}
	}
}

// closeSame closes an open element when another one with the same name begins,
// such as a link.
func (s *Scanner) closeSame(name string) {
	for i := len(s.again) - 1; i >= 0 && s.again[i].name != ""; i-- {
		if s.again[i].name == name {
			s.closeFormatting(name)
			return
		}
	}
}

// closeItem closes an item of a list when another one begins.
func (s *Scanner) closeItem(names ...string) {
	open := 0
	for _, name := range names {
		open += s.count[name]
	}
	if open == 0 {
		return
	}
	i := s.find(named(names...), func(e *element) bool {
		return e.integrates() || e.class&special != 0 && e.name != "address" && e.name != "div" && e.name != "p"
	})
	if i >= 0 {
		s.pop(i)
	}
}

// startInSelect handles a start tag in a select. Parsers follow either old or new
// rules there.
func (s *Scanner) startInSelect(name string) bool {
	switch name {
	case "script", "template", "hr":
	case "option":
		if s.top().name == "option" {
			s.pop(len(s.open) - 1)
		}
	case "optgroup":
		s.closeImplied("")
	case "select", "input", "textarea":
		s.closeNamed("select")
		return name == "select"
	default:
		s.unsure = true
	}
	return false
}

// startForeign handles a start tag in svg and math. It returns false for a tag
// that ends them.
func (s *Scanner) startForeign(name string, attributes []byte) bool {
	if classes[name]&breaksOut != 0 || name == "font" && hasAny(attributes, "color", "face", "size") {
		for s.foreign() {
			s.pop(len(s.open) - 1)
		}
		return false
	}
	if !s.empty {
		s.push(name, s.top().space)
	}
	return true
}

func hasAny(attributes []byte, names ...string) bool {
	for _, name := range names {
		if bytes.Contains(bytes.ToLower(attributes), []byte(name)) {
			return true
		}
	}
	return false
}

// endTag handles an end tag.
func (s *Scanner) endTag(name string) {
	if s.top().space != html {
		if (name == "p" || name == "br") && s.foreign() {
			s.startForeign(name, nil)
		}
		for i := len(s.open) - 1; i >= 0 && s.open[i].space != html && s.step(); i-- {
			if s.open[i].name == name {
				s.pop(i)
				return
			}
		}
	}
	if s.phase < inBody && !s.inTemplate() {
		s.endInHead(name)
		return
	}
	s.resume()
	c := classes[name]
	if t := s.table(); t != "" && s.endInTable(t, name) {
		return
	}
	switch {
	case name == "body" || name == "html":
		if s.find(named("body"), bounds) < 0 {
			return
		}
		if s.phase = afterBody; name == "html" {
			s.phase = afterHTML
		}
	case name == "template":
		if s.inTemplate() {
			i := len(s.open) - 1
			for s.open[i].space != html || s.open[i].name != "template" && s.open[i].name != inChunk {
				i--
			}
			s.pop(i)
		}
	case name == "p":
		s.closeP()
	case name == "br":
		s.reopen()
	case name == "li":
		s.closeNamed("li", "ol", "ul")
	case name == "form":
		s.endForm()
	case c&heading != 0:
		if i := s.find(func(e *element) bool { return e.class&heading != 0 }, bounds); i >= 0 {
			s.pop(i)
		}
	case c&formatting != 0:
		s.closeFormatting(name)
	case name == "select":
		s.closeNamed("select")
	case c&blockEnd != 0 || name == "dd" || name == "dt":
		s.closeNamed(name)
	case c&tablePart != 0 || c&void != 0:
	default:
		s.closeOther(name)
	}
}

// endForm closes the form. Elements that are open in it stay open.
func (s *Scanner) endForm() {
	if s.inTemplate() {
		s.closeNamed("form")
		return
	}
	id := s.form
	s.form = 0
	i := s.find(func(e *element) bool { return e.id == id }, bounds)
	if id == 0 || i < 0 {
		return
	}
	s.closeImplied("")
	if i < len(s.open)-1 {
		s.unsure = true
		return
	}
	s.pop(i)
}
