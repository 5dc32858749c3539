package llm

import "encoding/json"

// Usage counts the tokens of an answer. A number that the server has not sent is
// 0.
type Usage struct {
	Input     int // all tokens of the request, including cached ones
	Cached    int // the tokens of Input that came from a cache
	Output    int // all tokens of the answer, including those of the reasoning
	Reasoning int // the tokens of Output that are reasoning
}

// readUsage reads the counts in the form of either API of OpenAI. It returns nil
// if there are none.
func readUsage(raw json.RawMessage) *Usage {
	var u struct {
		Prompt     number `json:"prompt_tokens"`
		Completion number `json:"completion_tokens"`
		Input      number `json:"input_tokens"`
		Output     number `json:"output_tokens"`
		CacheHit   number `json:"prompt_cache_hit_tokens"` // DeepSeek
		PromptMore struct {
			Cached number `json:"cached_tokens"`
		} `json:"prompt_tokens_details"`
		InputMore struct {
			Cached number `json:"cached_tokens"`
		} `json:"input_tokens_details"`
		CompletionMore struct {
			Reasoning number `json:"reasoning_tokens"`
		} `json:"completion_tokens_details"`
		OutputMore struct {
			Reasoning number `json:"reasoning_tokens"`
		} `json:"output_tokens_details"`
	}
	if !isObject(raw) || json.Unmarshal(raw, &u) != nil {
		return nil // the answer does not depend on it
	}
	return &Usage{
		Input:     int(max(u.Prompt, u.Input)),
		Cached:    int(max(u.CacheHit, u.PromptMore.Cached, u.InputMore.Cached)),
		Output:    int(max(u.Completion, u.Output)),
		Reasoning: int(max(u.CompletionMore.Reasoning, u.OutputMore.Reasoning)),
	}
}
