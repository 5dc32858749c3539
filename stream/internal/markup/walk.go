package markup

import "iter"

// Tokens reads html like Read, and yields where each tag, comment and processing
// instruction in it begins and ends. The Scanner has read the token when it is
// yielded. What an element contains that holds only text, such as a script, is no
// token. A token that is not whole is the last one, and ends at len(html).
func (s *Scanner) Tokens(html []byte) iter.Seq2[int, int] {
	return func(yield func(start, end int) bool) {
		for i := 0; i < len(html); {
			end, read := s.next(html, i)
			if read == token && !yield(i, end) {
				return
			}
			i = end
		}
	}
}

// What next has read.
type readKind uint8

const (
	rawText readKind = iota // of an element that holds only text
	text                    // also a "<" that begins no token
	token
)

// next reads the text or the token at html[i:], and returns where it ends.
func (s *Scanner) next(html []byte, i int) (end int, read readKind) {
	if s.within != "" && !s.Cut() {
		if i += textEnd(html[i:], s.within); i < len(html) {
			s.within = ""
		}
		return i, rawText
	}
	if lt := i + index(html[i:], '<'); lt > i {
		s.text(html[i:lt])
		return lt, text
	}
	if end = s.token(html, i); end == i+1 {
		return end, text
	}
	return end, token
}

// Cut reports whether the HTML so far ends within a token.
func (s *Scanner) Cut() bool { return s.within == inTag || s.within == inComment }
