package llm

import (
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// ErrTruncated means that a stream of chunks has ended before its answer had.
var ErrTruncated = errors.New("llm: truncated answer")

// Tokens yields the text of an answer as it comes from an OpenAI-compatible
// server that was asked with "stream": true. It yields the content of the deltas of
// chat completions, and the text of the older completions. r is the body of the
// response, whose status the caller has checked. The caller closes it; that also
// stops the server when the loop is left early.
//
// Only the first of several choices is read (index 0). Comments, usage, tool
// calls, refusals and whatever else the chunks have are left out.
//
// The answer ends at the event [DONE]; nothing is read after it. Servers that never
// send it end an answer by a finish_reason. Any other end is an error that matches
// ErrTruncated, and the error of r if that is not io.EOF: half an answer is not
// taken for a whole one. An error of the server itself is an *APIError, whose text
// is not for users.
func Tokens(r io.Reader) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		rd := sse.NewReader(r)
		finished := false
		for {
			e, err := rd.Next()
			if err != nil {
				if err = truncation(err, finished); err != nil {
					yield("", err)
				}
				return
			}
			if e.Data == done {
				return
			}
			if blank(e) {
				continue
			}
			c, err := readChunk(e)
			if err != nil {
				yield("", err)
				return
			}
			for _, choice := range c.Choices {
				if choice.Index != 0 {
					continue
				}
				if text := choice.Delta.Content + choice.Text; text != "" && !yield(text, nil) {
					return
				}
				finished = finished || choice.FinishReason != ""
			}
		}
	}
}

// truncation returns what the end of a stream without [DONE] means.
func truncation(err error, finished bool) error {
	switch {
	case errors.Is(err, sse.ErrEventTooLarge):
		return err
	case finished:
		return nil
	case err == io.EOF:
		return ErrTruncated
	}
	return fmt.Errorf("%w: %w", ErrTruncated, err)
}
