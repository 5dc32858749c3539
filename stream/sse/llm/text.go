package llm

import (
	"errors"
	"io"
	"iter"
)

// Errors for answers that a model has not finished. Errors of [Text] and of
// [Unfinished] match them.
var (
	// ErrLength means that the answer ends at a limit on tokens.
	ErrLength = errors.New("llm: answer cut at the limit on tokens")
	// ErrContentFilter means that a filter has withheld the answer, or the rest of
	// it.
	ErrContentFilter = errors.New("llm: answer withheld by a content filter")
)

// Text yields the text of an answer as it arrives: the Content and the Refusal of
// the deltas of the first choice (index 0). It reads what [Deltas] reads and
// returns the same errors. In addition, it yields the error of [Unfinished] after the
// text if the model has not finished.
//
// Text skips reasoning and tool calls. An answer that consists of tool calls
// yields nothing.
func Text(r io.Reader) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		reason := ""
		for d, err := range Deltas(r) {
			if err != nil {
				yield("", err)
				return
			}
			if d.Choice != 0 {
				continue
			}
			if text := d.Content + d.Refusal; text != "" && !yield(text, nil) {
				return
			}
			if d.FinishReason != "" {
				reason = d.FinishReason
			}
		}
		if err := Unfinished(reason); err != nil {
			yield("", err)
		}
	}
}
