package llm

import (
	"encoding/json"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// ndjson reads the lines of JSON that Ollama's own API sends:
// https://docs.ollama.com/api/streaming. It names other JSON that is no stream.
type ndjson struct{}

type ndjsonLine struct {
	head
	Model   string `json:"model"`
	Message *struct {
		Content   json.RawMessage `json:"content"`
		Thinking  json.RawMessage `json:"thinking"`
		ToolCalls []chatCall      `json:"tool_calls"`
	} `json:"message"`
	Response   json.RawMessage `json:"response"` // of /api/generate
	Thinking   json.RawMessage `json:"thinking"`
	Done       *bool           `json:"done"`
	DoneReason string          `json:"done_reason"`
	Prompt     number          `json:"prompt_eval_count"`
	Eval       number          `json:"eval_count"`

	// Of whole answers, and of Gemini's own API.
	Choices    json.RawMessage `json:"choices"`
	Content    json.RawMessage `json:"content"`
	Output     json.RawMessage `json:"output"`
	Candidates json.RawMessage `json:"candidates"`
}

func (ndjson) read(s *state, e sse.Event) (kind, error) {
	var v ndjsonLine
	if e.Data[0] == '[' { // Gemini sends even errors in a list
		list := []json.RawMessage{nil}
		_ = json.Unmarshal([]byte(e.Data), &list)
		if len(list) == 0 || !isObject(list[0]) {
			return skipped, errForeign
		}
		e.Data = string(list[0])
	}
	if err := decode(e, &v, &v.head); err != nil {
		return skipped, err
	}
	switch {
	case isThere(v.Candidates):
		return skipped, errGemini
	case isThere(v.Choices), isThere(v.Content), isThere(v.Output):
		return skipped, errWhole
	case v.Done == nil:
		return skipped, errForeign
	}
	s.name("", v.Model)
	if err := v.read(s); err != nil {
		return skipped, wrongEvent(err)
	}
	if !*v.Done {
		return part, nil
	}
	if v.Prompt+v.Eval > 0 {
		s.delta(0).Usage = &Usage{Input: int(v.Prompt), Output: int(v.Eval)}
	}
	reason := finishReason(v.DoneReason)
	if reason == "" {
		reason = finishStop
	}
	return last, s.finish(0, reason)
}

var errForeign = &formError{"JSON that is neither a stream nor an answer in a known form", nil}

func (v *ndjsonLine) read(s *state) error {
	if err := s.add(0, content, v.Response); err != nil {
		return err
	}
	if err := s.add(0, reasoning, v.Thinking); err != nil {
		return err
	}
	if v.Message == nil {
		return nil
	}
	if err := s.add(0, reasoning, v.Message.Thinking); err != nil {
		return err
	}
	if err := s.add(0, content, v.Message.Content); err != nil {
		return err
	}
	for _, t := range v.Message.ToolCalls { // each is complete
		c, err := s.addCall(0, fragment{t.Function.Index, t.ID, t.Function.Name, t.Function.Arguments})
		if err != nil {
			return err
		}
		s.endCall(0, c)
	}
	return nil
}
