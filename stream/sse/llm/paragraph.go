package llm

import "encoding/json"

// A paragraph is the place of a text among several texts of one kind, by indexes of
// the API. A model that reasons or uses tools meanwhile writes several. Each begins
// anew, without a space or a line end between them.
type paragraph struct {
	begun bool
	at    [2]number
}

// between stands between two paragraphs, as a JSON string.
var between = json.RawMessage(`"\n\n"`)

// addTo adds a JSON string to a text of the first choice. last is the paragraph of the
// string before.
func (s *state) addTo(last *paragraph, at [2]number, to textKind, raw json.RawMessage) error {
	if isText(raw) {
		if last.begun && last.at != at {
			if err := s.add(0, to, between); err != nil {
				return err
			}
		}
		*last = paragraph{true, at}
	}
	return s.add(0, to, raw)
}
