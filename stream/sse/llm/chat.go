package llm

import (
	"encoding/json"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// chat reads chat completions, and the older completions, as OpenAI and many
// servers send them: https://platform.openai.com/docs/api-reference/chat-streaming
type chat struct{}

// done is the data of the event that ends the stream.
const done = "[DONE]"

type chatChunk struct {
	head
	ID      string          `json:"id"`
	Model   string          `json:"model"`
	Choices []chatChoice    `json:"choices"`
	Usage   json.RawMessage `json:"usage"`
	Groq    struct {
		Usage json.RawMessage `json:"usage"`
		Error json.RawMessage `json:"error"`
	} `json:"x_groq"`
}

type chatChoice struct {
	Index        number          `json:"index"`
	Delta        *chatDelta      `json:"delta"`
	Message      json.RawMessage `json:"message"` // a whole answer
	Text         json.RawMessage `json:"text"`    // the older form
	FinishReason any             `json:"finish_reason"`
	Error        json.RawMessage `json:"error"`
}

type chatDelta struct {
	Content          json.RawMessage `json:"content"` // text, or a list of parts
	ReasoningContent json.RawMessage `json:"reasoning_content"`
	Reasoning        json.RawMessage `json:"reasoning"`
	Refusal          json.RawMessage `json:"refusal"`
	ToolCalls        []chatCall      `json:"tool_calls"`
	FunctionCall     *chatFunction   `json:"function_call"` // the older form
}

type chatCall struct {
	Index    *number      `json:"index"`
	ID       string       `json:"id"`
	Function chatFunction `json:"function"`
}

type chatFunction struct {
	Index     *number         `json:"index"` // Ollama's own API has it here
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"`
}

func (chat) read(s *state, e sse.Event) (kind, error) {
	if e.Data == done {
		return last, nil
	}
	var c chatChunk
	if err := decode(e, &c, &c.head); err != nil {
		return skipped, err
	}
	if isThere(c.Groq.Error) {
		return skipped, newAPIError(c.Groq.Error)
	}
	usage := c.Usage
	if !isThere(usage) {
		usage = c.Groq.Usage
	}
	if c.Choices == nil && !isThere(usage) {
		return skipped, nil
	}
	s.name(c.ID, c.Model)
	for i := range c.Choices {
		if err := c.Choices[i].read(s); err != nil {
			return skipped, wrongEvent(err)
		}
	}
	if u := readUsage(usage); u != nil {
		s.delta(0).Usage = u
	}
	return part, nil
}

func (c *chatChoice) read(s *state) error {
	index := int(c.Index)
	if isThere(c.Error) {
		return newAPIError(c.Error)
	}
	if _, err := s.choice(index); err != nil {
		return err
	}
	if err := s.add(index, content, c.Text); err != nil {
		return err
	}
	switch {
	case c.Delta != nil:
		if err := c.Delta.read(s, index); err != nil {
			return err
		}
	case isThere(c.Message) && !s.choices[index].begun:
		return errWhole
	}
	switch reason := plain(c.FinishReason); reason {
	case "":
		return nil
	case "error", "abort", "insufficient_system_resource": // OpenRouter, vLLM, DeepSeek
		return &APIError{Code: reason, Message: "the server has ended the answer", StatusCode: statusOf(reason)}
	default:
		return s.finish(index, finishReason(reason))
	}
}

func (d *chatDelta) read(s *state, index int) error {
	if err := s.addContent(index, d.Content); err != nil {
		return err
	}
	thought := d.ReasoningContent
	if !isText(thought) {
		thought = d.Reasoning // not both: some servers send the same text twice
	}
	if isText(thought) {
		if err := s.add(index, reasoning, thought); err != nil {
			return err
		}
	}
	if err := s.add(index, refusal, d.Refusal); err != nil {
		return err
	}
	if f := d.FunctionCall; f != nil {
		if _, err := s.addCall(index, fragment{new(number), "", f.Name, f.Arguments}); err != nil {
			return err
		}
	}
	for _, t := range d.ToolCalls {
		if _, err := s.addCall(index, fragment{t.Index, t.ID, t.Function.Name, t.Function.Arguments}); err != nil {
			return err
		}
	}
	return nil
}

// isText reports whether a value is a string with characters in it.
func isText(raw json.RawMessage) bool { return len(raw) > 2 && raw[0] == '"' }

// A contentPart is an item of a list of content: text, or with Mistral's reasoning
// models a list of the text of a thought.
type contentPart struct {
	Type     string          `json:"type"`
	Text     json.RawMessage `json:"text"`
	Refusal  json.RawMessage `json:"refusal"`
	Thinking json.RawMessage `json:"thinking"`
}

// addContent adds content in any of its forms.
func (s *state) addContent(index int, raw json.RawMessage) error {
	if !isThere(raw) || raw[0] == '"' {
		return s.add(index, content, raw)
	}
	parts, err := contentParts(raw)
	if err != nil {
		return err
	}
	for _, p := range parts {
		switch p.Type {
		case "thinking", "reasoning":
			err = s.addThinking(index, p)
		case "refusal":
			err = s.add(index, refusal, p.Refusal)
		case "text", "output_text", "":
			err = s.add(index, content, p.Text)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *state) addThinking(index int, p contentPart) error {
	if !isThere(p.Thinking) || p.Thinking[0] == '"' {
		if err := s.add(index, reasoning, p.Thinking); err != nil {
			return err
		}
		return s.add(index, reasoning, p.Text)
	}
	thoughts, err := contentParts(p.Thinking)
	for _, t := range thoughts {
		if err == nil {
			err = s.add(index, reasoning, t.Text)
		}
	}
	return err
}

// contentParts reads a list of parts, or a single one.
func contentParts(raw json.RawMessage) (parts []contentPart, err error) {
	if isObject(raw) {
		parts = make([]contentPart, 1)
		return parts, json.Unmarshal(raw, &parts[0])
	}
	return parts, json.Unmarshal(raw, &parts)
}
