package suspense

import (
	"context"
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// Text shows fallback until the sequence that text returns has its first
// string, and then adds string to string as they come, escaped: the answer of a
// model, the output of a program. It is [Each] for text, at a fraction of the
// cost, and its sequence ends and fails in the same ways.
//
// The strings together are the text. One may end within a character or between
// the two bytes of a line end: such a rest is held back until the next string,
// or the end.
//
// Text panics if text is nil.
func Text(fallback templ.Component, text func(context.Context) iter.Seq2[string, error], opts ...Option) templ.Component {
	if text == nil {
		panic("suspense: Text with a nil sequence")
	}
	return &pieces{fallback, func(ctx context.Context) iter.Seq2[templ.Component, error] {
		return wholeRunes(ctx, text(ctx))
	}, opts}
}

// wholeRunes returns a sequence of the text in parts, none of which ends where
// a parser that reads it by itself would see something else than in the whole.
func wholeRunes(ctx context.Context, parts iter.Seq2[string, error]) iter.Seq2[templ.Component, error] {
	return func(yield func(templ.Component, error) bool) {
		rest := "" // of a few bytes
		for s, err := range parts {
			if err != nil {
				if rest == "" || yield(stream.Text(rest), nil) {
					yield(nil, err)
				}
				return
			}
			s = rest + s
			n := wholeLen(s)
			rest = strings.Clone(s[n:])
			if n > 0 && !yield(stream.Text(s[:n]), nil) || ctx.Err() != nil {
				return
			}
		}
		if rest != "" {
			yield(stream.Text(rest), nil)
		}
	}
}

// wholeLen returns how much of s can stand by itself: all but a carriage return
// at its end, to which a line feed may belong, and a rune that is not complete.
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
