package llm

import (
	"io"
	"iter"
)

// A Delta is what one event adds to an answer. All fields but Choice are zero
// unless the event has set them.
type Delta struct {
	// Choice is the index of the choice that the delta belongs to. It is 0 unless
	// the server was asked for several choices.
	Choice int
	// Content is the next text of the answer. If the model has written several texts,
	// for example before and after a search of the server, each but the first begins
	// with an empty line.
	Content string
	// Reasoning is the next text of the model's reasoning, or of a summary of it.
	Reasoning string
	// Refusal is the next text of a refusal, which stands in place of an answer.
	Refusal string
	// ToolCalls are calls that are complete. Pieces of calls are assembled and not
	// yielded.
	ToolCalls []ToolCall
	// FinishReason says why the choice has ended: "stop", "length" for a limit on
	// tokens, "tool_calls", or "content_filter", whatever word the server uses for
	// it: see [Unfinished]. "incomplete" is an answer of the Responses API that has
	// ended early for
	// another reason. Any other word is the server's own, such as "pause_turn". Some
	// gateways send a reason with each event, so a later one replaces it. "stop" or
	// "tool_calls" after a reason for which the answer is not whole is not reported.
	FinishReason string
	// Usage is the number of tokens so far. A later one replaces it. Many servers
	// send it only if they are asked to.
	Usage *Usage
	// ID and Model are the server's name for the answer and the name of the model.
	// Each comes once, in an early delta.
	ID, Model string
}

// A ToolCall is a call of a tool that the program has offered to the model. The
// program must check it, since the model can write anything.
type ToolCall struct {
	// ID names the call in the request that returns its result. Some servers send
	// none.
	ID string
	// Name is the name of the tool.
	Name string
	// Arguments is the text that the model has written: JSON, or free text for a
	// custom tool of the Responses API. It is "{}" if there is none.
	Arguments string
}

// Deltas yields an answer as it arrives. r is the body of a response that was
// asked to stream, and whose status the caller has checked, for example with
// [Check]. The caller closes r, also after it has left the loop early: that stops
// the server.
//
// Deltas reads chat completions and the older completions of OpenAI-compatible
// servers, the Responses API, the Messages API, and the lines of JSON that
// Ollama's own API sends. The first event decides which.
//
// The answer ends at the event that the API has for that, and Deltas reads
// nothing after it. Some servers never send [DONE]: their answer is complete when
// each choice has a finish reason. Any other end is an error that matches
// [ErrTruncated], and the error of r unless that is io.EOF. An error that the
// server sends is an [*APIError], whose text is not for users. An event may have
// at most sse.DefaultMaxEventSize bytes, all tool calls of an answer together as
// many. The error is the last item of the sequence, and comes with a zero Delta.
func Deltas(r io.Reader) iter.Seq2[Delta, error] {
	return func(yield func(Delta, error) bool) {
		rd := newReading(r, 0)
		for {
			_, kind, err := rd.next()
			for _, d := range rd.deltas {
				if !yield(d, nil) {
					return
				}
			}
			if err != nil {
				yield(Delta{}, err)
				return
			}
			if kind != part {
				return
			}
		}
	}
}
