// Package whole puts a text together whose parts may end anywhere.
package whole

import (
	"strings"
	"unicode/utf8"
)

// A Text divides a text that comes in parts where no character and no line end is
// cut. The zero value is the start of a text.
type Text struct{ rest string } // at most a few bytes

// Add returns what can stand by itself once the next part has come. It may be
// empty. The bytes that Text holds back are at the start of the next result.
func (t *Text) Add(part string) string {
	s := t.rest + part
	n := wholeLen(s)
	t.rest = strings.Clone(s[n:])
	return s[:n]
}

// Rest returns the bytes that are held back, for the end of the text.
func (t *Text) Rest() string { return t.rest }

// wholeLen returns the length of the start of s that can stand by itself. It
// leaves out a carriage return at the end, which a line feed may follow, and an
// incomplete character.
func wholeLen(s string) int {
	if strings.HasSuffix(s, "\r") {
		return len(s) - 1
	}
	for i := len(s) - 1; i >= 0 && len(s)-i < utf8.UTFMax; i-- {
		if utf8.RuneStart(s[i]) {
			if !utf8.FullRuneInString(s[i:]) {
				return i
			}
			break
		}
	}
	return len(s)
}
