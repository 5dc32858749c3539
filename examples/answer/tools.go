package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"

	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

// weather is the tool that the model may use.
var weather = []any{map[string]any{"type": "function", "function": map[string]any{
	"name": "weather", "description": "the weather in a city, now",
	"parameters": map[string]any{"type": "object", "properties": map[string]any{"city": map[string]string{"type": "string"}}, "required": []string{"city"}},
}}}

// A call is a tool call in the form of a message.
type call struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Function struct {
		Name      string `json:"name"`
		Arguments string `json:"arguments"`
	} `json:"function"`
}

// withTools yields the answer to a question. It carries out what the model calls,
// and asks again with the results.
func (m *model) withTools(ctx context.Context, question string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		conversation := []message{{Role: "user", Content: question}}
		spoken := false
		for range 4 { // a model may go on for ever
			said, reason := message{Role: "assistant"}, ""
			for d, err := range m.deltas(ctx, conversation) {
				if err != nil {
					yield("", err)
					return
				}
				text := d.Content + d.Refusal
				if spoken && said.Content == "" && text != "" {
					text = "\n\n" + text // what it said before the tool is a text of its own
				}
				said.Content += text
				if d.FinishReason != "" {
					reason = d.FinishReason
				}
				for _, t := range d.ToolCalls {
					c := call{ID: t.ID, Type: "function"}
					c.Function.Name, c.Function.Arguments = t.Name, t.Arguments
					said.ToolCalls = append(said.ToolCalls, c)
				}
				if text != "" && !yield(text, nil) {
					return
				}
			}
			if err := llm.Unfinished(reason); err != nil { // also half a call
				yield("", err)
				return
			}
			if len(said.ToolCalls) == 0 {
				return
			}
			spoken = spoken || said.Content != ""
			conversation = append(conversation, said)
			for _, c := range said.ToolCalls {
				conversation = append(conversation, message{Role: "tool", ToolCallID: c.ID, Content: carryOut(c)})
			}
		}
		yield("", errors.New("the model calls tools and does not answer"))
	}
}

// deltas yields all that the model sends.
func (m *model) deltas(ctx context.Context, conversation []message) iter.Seq2[llm.Delta, error] {
	return func(yield func(llm.Delta, error) bool) {
		req, err := m.request(ctx, conversation, weather)
		if err != nil {
			yield(llm.Delta{}, err)
			return
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			yield(llm.Delta{}, err)
			return
		}
		defer resp.Body.Close()
		if err := llm.Check(resp); err != nil {
			yield(llm.Delta{}, err)
			return
		}
		llm.Deltas(resp.Body)(yield)
	}
}

// carryOut returns the result of a call. The model has written the arguments, so
// they are checked like the fields of a form. What is wrong goes back to the model.
func carryOut(c call) string {
	var asked struct{ City string }
	if c.Function.Name != "weather" {
		return "there is no such tool"
	}
	if err := json.Unmarshal([]byte(c.Function.Arguments), &asked); err != nil || asked.City == "" {
		return "weather needs a city"
	}
	return fmt.Sprintf("It is sunny in %s, 21 degrees.", asked.City)
}
