package llm

import (
	"fmt"
	"strings"
)

// The finish reasons that this package knows, in the words of chat completions.
const (
	finishStop   = "stop"
	finishLength = "length"
	finishCalls  = "tool_calls"
	finishFilter = "content_filter"

	finishIncomplete = "incomplete" // for a reason that is not known
)

// finishReason returns the word of chat completions for a word of any server.
func finishReason(word string) string {
	switch strings.ToLower(word) {
	case "stop", "end_turn", "stop_sequence", "completed", "eos", "eos_token":
		return finishStop
	case "length", "max_tokens", "max_output_tokens", "model_length", "model_context_window_exceeded":
		return finishLength
	case "tool_calls", "tool_use", "function_call":
		return finishCalls
	case "content_filter", "refusal", "safety", "recitation", "prohibited_content", "blocklist", "spii":
		return finishFilter
	}
	return word
}

// Unfinished returns an error for the last FinishReason of an answer that is not whole:
// ErrLength, ErrContentFilter, or an error that matches ErrTruncated, for example for a
// turn that is paused. It returns nil for any other reason.
func Unfinished(reason string) error {
	switch reason {
	case finishLength:
		return ErrLength
	case finishFilter:
		return ErrContentFilter
	case finishIncomplete, "pause_turn", "compaction": // the last two of the Messages API
		return fmt.Errorf("%w: %s", ErrTruncated, reason)
	}
	if strings.Contains(strings.ToLower(reason), "malformed_function_call") { // Gemini
		return fmt.Errorf("%w: %s", ErrTruncated, reason)
	}
	return nil
}
