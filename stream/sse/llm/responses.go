package llm

import (
	"encoding/json"
	"strings"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// responses reads the Responses API:
// https://developers.openai.com/api/reference/resources/responses/streaming-events
type responses struct {
	calls   map[number]*call // by index of the output
	message paragraph        // what the last text of the answer belongs to
	thought paragraph        // what the last text of the reasoning belongs to
	pieces  bool             // text has come piece by piece
	event   string           // the type of the last event
	whole   bool             // the last event has the whole response
}

type responsesEvent struct {
	head
	Output   number          `json:"output_index"`
	Content  number          `json:"content_index"`
	Summary  number          `json:"summary_index"`
	Delta    json.RawMessage `json:"delta"`
	Text     json.RawMessage `json:"text"` // the whole text, at its end
	Item     responsesItem   `json:"item"`
	Response *responseObject `json:"response"`
}

type responseObject struct {
	ID         string          `json:"id"`
	Model      string          `json:"model"`
	Error      json.RawMessage `json:"error"`
	Usage      json.RawMessage `json:"usage"`
	Output     []responsesItem `json:"output"`
	Incomplete struct {
		Reason string `json:"reason"`
	} `json:"incomplete_details"`
}

type responsesItem struct {
	Type      string          `json:"type"`
	Content   json.RawMessage `json:"content"` // of a message
	CallID    string          `json:"call_id"`
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"`
	Input     json.RawMessage `json:"input"` // of a custom tool
}

func (d *responses) read(s *state, e sse.Event) (kind, error) {
	if e.Data == done {
		return skipped, nil // some gateways add it
	}
	var v responsesEvent
	if err := decode(e, &v, &v.head); err != nil {
		return skipped, err
	}
	name, _ := v.Type.(string)
	if !strings.HasPrefix(name, "response.") {
		return skipped, nil
	}
	d.event, d.whole = name, v.Response != nil
	if v.Response == nil {
		v.Response = new(responseObject)
	}
	s.name(v.Response.ID, v.Response.Model)
	kind, err := d.readEvent(s, name, &v)
	if err != nil {
		return skipped, wrongEvent(err)
	}
	return kind, nil
}

func (d *responses) readEvent(s *state, name string, v *responsesEvent) (kind, error) {
	switch name {
	case "response.output_text.delta":
		d.pieces = true
		return part, s.addTo(&d.message, [2]number{v.Output}, content, v.Delta)
	case "response.output_text.done":
		if !d.pieces { // some gateways send each text only whole
			return part, s.addTo(&d.message, [2]number{v.Output}, content, v.Text)
		}
	case "response.refusal.delta":
		return part, s.add(0, refusal, v.Delta)
	case "response.reasoning_text.delta":
		return part, s.addTo(&d.thought, [2]number{v.Output, v.Content}, reasoning, v.Delta)
	case "response.reasoning_summary_text.delta":
		return part, s.addTo(&d.thought, [2]number{v.Output, v.Summary}, reasoning, v.Delta)
	case "response.output_item.added":
		return part, d.addCall(s, v, false)
	case "response.function_call_arguments.delta", "response.custom_tool_call_input.delta":
		return part, d.addArguments(s, v)
	case "response.output_item.done":
		return part, d.addCall(s, v, true)
	case "response.completed":
		return d.finish(s, v, finishStop)
	case "response.incomplete":
		reason := finishReason(v.Response.Incomplete.Reason)
		if reason != finishLength && reason != finishFilter {
			reason = finishIncomplete
		}
		return d.finish(s, v, reason)
	case "response.failed", "response.cancelled":
		if isThere(v.Response.Error) {
			return skipped, newAPIError(v.Response.Error)
		}
		return skipped, &APIError{Code: strings.TrimPrefix(name, "response."), Message: "the server has ended the answer"}
	}
	return part, nil
}

// addCall begins a tool call, or ends it with its complete arguments.
func (d *responses) addCall(s *state, v *responsesEvent, whole bool) error {
	if v.Item.Type != "function_call" && v.Item.Type != "custom_tool_call" {
		return nil
	}
	t := d.calls[v.Output]
	if t == nil {
		var err error
		if t, err = s.addCall(0, fragment{&v.Output, v.Item.CallID, v.Item.Name, nil}); err != nil {
			return err
		}
		if d.calls == nil {
			d.calls = make(map[number]*call)
		}
		d.calls[v.Output] = t
	}
	if !whole {
		return nil
	}
	delete(d.calls, v.Output)
	args := v.Item.Arguments
	if !isThere(args) {
		args = v.Item.Input
	}
	if isThere(args) {
		t.args, t.half = nil, half{}
		if err := t.add(args); err != nil {
			return err
		}
	}
	s.endCall(0, t)
	return nil
}

func (d *responses) addArguments(s *state, v *responsesEvent) error {
	if d.calls[v.Output] == nil {
		return nil // what is not announced comes whole at its end
	}
	_, err := s.addCall(0, fragment{&v.Output, "", "", v.Delta})
	return err
}

func (d *responses) finish(s *state, v *responsesEvent, reason string) (kind, error) {
	if !s.some() {
		if err := d.addOutput(s, v); err != nil {
			return skipped, err
		}
	}
	if u := readUsage(v.Response.Usage); u != nil {
		s.delta(0).Usage = u
	}
	return last, s.finish(0, reason)
}

// addOutput reads the answer from the whole response, if no other event had any of it.
func (d *responses) addOutput(s *state, v *responsesEvent) error {
	for i, item := range v.Response.Output {
		v.Output, v.Item = number(i), item
		if err := d.addCall(s, v, true); err != nil {
			return err
		}
		if item.Type != "message" {
			continue
		}
		if len(s.texts[s.at(0)][content]) > 0 {
			if err := s.add(0, content, between); err != nil {
				return err
			}
		}
		if err := s.addContent(0, item.Content); err != nil {
			return err
		}
	}
	return nil
}
