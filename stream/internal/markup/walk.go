package markup

import "iter"

// Tokens reads html like Read, and yields where each tag, comment and processing
// instruction in it begins and ends. The Scanner has read the token when it is
// yielded. What an element contains that holds only text, such as a script, is no
// token. A token that is not whole is the last one, and ends at len(html).
func (s *Scanner) Tokens(html []byte) iter.Seq2[int, int] {
	return func(yield func(start, end int) bool) {
		for i := 0; i < len(html); {
			if s.within != "" && s.within != inTag && s.within != inComment {
				if i += textEnd(html[i:], s.within); i < len(html) {
					s.within = ""
				}
				continue
			}
			lt := i + index(html[i:], '<')
			if lt > i {
				s.text(html[i:lt])
			}
			if lt == len(html) {
				return
			}
			i = s.token(html, lt)
			if isText := i == lt+1; !isText && !yield(lt, i) {
				return
			}
		}
	}
}

// Cut reports whether the HTML so far ends within a token.
func (s *Scanner) Cut() bool { return s.within == inTag || s.within == inComment }
