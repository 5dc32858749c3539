package markup

// enter opens html, head and body as a start tag with that name requires. It
// returns false if the tag has no further effect.
func (s *Scanner) enter(name string) bool {
	if s.inTemplate() {
		return name != "html" && name != "head" && name != "body" && name != "frameset"
	}
	s.resume()
	if s.phase == beforeHTML {
		s.push("html", html)
		s.phase = beforeHead
		if name == "html" {
			return false
		}
	}
	if s.phase == beforeHead && name != "html" {
		s.push("head", html)
		s.phase = inHead
		if name == "head" {
			return false
		}
	}
	if s.phase == inHead && name != "html" && name != "head" && classes[name]&metadata == 0 {
		s.pop(1)
		s.phase = afterHead
	}
	if s.phase == afterHead {
		switch {
		case name == "html" || name == "head":
		case name == "frameset":
			s.push(name, html)
			s.phase = inBody
		case name == "noscript" || classes[name]&metadata == 0:
			s.push("body", html)
			s.phase = inBody
		}
	}
	return name != "html" && name != "head" && name != "body" && name != "frameset"
}

// resume returns to the body.
func (s *Scanner) resume() {
	if s.phase > inBody {
		s.phase = inBody
	}
}

// endInHead handles an end tag before the body.
func (s *Scanner) endInHead(name string) {
	switch name {
	case "head":
		s.enterHead()
		if s.phase == inHead {
			s.pop(1)
			s.phase = afterHead
		}
	case "body", "html", "br":
		s.enter("br")
		if name != "br" {
			s.endTag(name)
		}
	}
}

func (s *Scanner) enterHead() {
	if s.phase < inHead {
		s.enter("head")
	}
}

// text handles text.
func (s *Scanner) text(b []byte) {
	blank := isBlank(b)
	if !blank {
		if s.phase != inBody && !s.enter("#text") {
			return
		}
	} else if s.phase != inBody {
		return
	}
	if s.foreign() || s.inTemplate() && s.phase < inBody {
		return
	}
	switch part := s.table(); part {
	case "", "td", "caption":
		s.reopen()
	case "colgroup":
		if !blank {
			s.clearTo("colgroup")
			s.popTop()
			s.text(b)
		}
	default:
		switch {
		case !s.top().ofTable():
			s.reopen()
		case !blank:
			s.foster()
			s.reopen()
		}
	}
}
