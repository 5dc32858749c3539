package llm

import "strings"

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

// unfinished reports whether a reason is another one for which an answer is not whole.
func unfinished(reason string) bool {
	switch reason {
	case finishIncomplete, "pause_turn", "compaction": // the last two of the Messages API
		return true
	}
	return strings.Contains(strings.ToLower(reason), "malformed_function_call") // Gemini
}
