package markup

import (
	"bytes"
	"slices"
)

// A Stray is a boundary whose fallback the parser puts elsewhere, so that it
// stays on the page.
type Stray struct {
	ID     string // from its start marker
	Parent string // name of the parent of the start marker
}

// A marker is a start marker whose end marker has not been read.
type marker struct {
	id, name string
	parent   int
	strayed  bool // content behind it has been put elsewhere
}

const (
	maxMarkers = 64
	ofDocument = -1
)

// Strays returns the boundaries whose fallback certainly stays on the page,
// including those that have not ended.
func (s *Scanner) Strays() []Stray {
	strays := slices.Clip(s.strays)
	for _, m := range s.markers {
		strays = append(strays, Stray{m.id, m.name})
	}
	return strays
}

// InHead returns the ids of the start markers that stand before the body.
func (s *Scanner) InHead() []string { return s.inHead }

// instruction reads a processing instruction, which may be a marker.
func (s *Scanner) instruction(b []byte) {
	if id, ok := bytes.CutPrefix(b, []byte(`<?start name="`)); ok {
		if len(s.markers) == maxMarkers {
			s.unsure = true
			return
		}
		id, _, _ = bytes.Cut(id, []byte(`"`))
		name, parent := s.parent()
		if s.phase < inBody {
			s.inHead = append(s.inHead, string(id))
		}
		s.markers = append(s.markers, marker{id: string(id), name: name, parent: parent})
	}
	if bytes.HasPrefix(b, []byte(`<?end`)) && len(s.markers) > 0 {
		m := s.markers[len(s.markers)-1]
		s.markers = s.markers[:len(s.markers)-1]
		// The content that replaces a fallback cannot be a child of the document.
		if _, parent := s.parent(); (parent != m.parent || m.strayed || parent == ofDocument) && !s.unsure {
			s.strays = append(s.strays, Stray{m.id, m.name})
		}
	}
}

// parent returns the parent that a marker would have here.
func (s *Scanner) parent() (name string, id int) {
	switch e := s.top(); {
	case s.phase == beforeHTML || s.phase == afterHTML:
		return "#document", ofDocument
	case s.phase == afterBody:
		return "html", s.open[0].id
	default:
		return e.name, e.id
	}
}
