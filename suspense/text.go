package suspense

import (
	"context"
	"iter"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/whole"
	"github.com/rivulet-go/rivulet/stream"
)

// Text shows fallback until the sequence that text returns yields its first
// string. It then adds each string when it arrives, escaped. It suits the answer
// of a model or the output of a program. Text works like [Each] and is much
// cheaper.
//
// The strings are parts of one text. A string may end within a character or
// between the two bytes of a line end. Text holds such bytes back until the next
// string, or the end.
//
// Text panics if text is nil.
func Text(fallback templ.Component, text func(context.Context) iter.Seq2[string, error], opts ...Option) templ.Component {
	if text == nil {
		panic("suspense: Text with a nil sequence")
	}
	return with(opts, stream.Boundary{Fallback: fallback, Pieces: func(ctx context.Context) iter.Seq2[templ.Component, error] {
		return wholeRunes(ctx, text(ctx))
	}})
}

// wholeRunes returns a sequence of the text in parts. No part ends within a rune
// or a line end, since a parser reads each part by itself.
func wholeRunes(ctx context.Context, parts iter.Seq2[string, error]) iter.Seq2[templ.Component, error] {
	return func(yield func(templ.Component, error) bool) {
		var text whole.Text
		for s, err := range parts {
			if err != nil {
				if rest := text.Rest(); rest == "" || yield(stream.Text(rest), nil) {
					yield(nil, err)
				}
				return
			}
			s = text.Add(s)
			if s != "" && !yield(stream.Text(s), nil) || ctx.Err() != nil {
				return
			}
		}
		if rest := text.Rest(); rest != "" {
			yield(stream.Text(rest), nil)
		}
	}
}
