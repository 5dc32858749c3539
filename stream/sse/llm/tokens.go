package llm

import (
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// ErrTruncated means that a stream has ended before its answer was complete.
var ErrTruncated = errors.New("llm: truncated answer")

// Tokens yields the text of an answer as it arrives from an OpenAI-compatible
// server that was asked with "stream": true. It yields the content of the deltas
// of chat completions, and the text of the older completions. r is the body of
// the response, whose status the caller has checked. The caller closes r, also
// after it has left the loop early: that stops the server.
//
// Tokens reads only the first of several choices (index 0). It skips comments,
// usage, tool calls, refusals and all other fields.
//
// The answer ends at the event [DONE], and Tokens reads nothing after it. Some
// servers never send [DONE], and end an answer with a finish_reason. Any other
// end is an error that matches ErrTruncated, and the error of r unless that is
// io.EOF. An error that the server sends is an *APIError, whose text is not for
// users.
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

// truncation returns the error of a stream that ends without [DONE], or nil if
// its answer is complete.
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
