package llm

import (
	"encoding/json"
	"fmt"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// messages reads the Messages API:
// https://platform.claude.com/docs/build-with-claude/streaming
type messages struct {
	id    string           // of the message
	calls map[number]*call // by index of the block; only blocks that are open
	block number           // changes with a block that is no text
	text  paragraph        // what the last text of the answer belongs to
	usage Usage
	event string // the type of the last event
}

// messagesEvents are the events of an answer.
var messagesEvents = map[string]bool{
	"message_start": true, "message_delta": true, "message_stop": true, "ping": true,
	"content_block_start": true, "content_block_delta": true, "content_block_stop": true,
}

type messagesEvent struct {
	head
	Index   number `json:"index"`
	Message struct {
		ID    string        `json:"id"`
		Model string        `json:"model"`
		Usage messagesUsage `json:"usage"`
	} `json:"message"`
	Block struct {
		Type     string          `json:"type"`
		ID       string          `json:"id"`
		Name     string          `json:"name"`
		Text     json.RawMessage `json:"text"`
		Thinking json.RawMessage `json:"thinking"`
		Input    json.RawMessage `json:"input"`
	} `json:"content_block"`
	Delta struct {
		Text       json.RawMessage `json:"text"`
		Thinking   json.RawMessage `json:"thinking"`
		Partial    json.RawMessage `json:"partial_json"`
		StopReason any             `json:"stop_reason"`
	} `json:"delta"`
	Usage messagesUsage `json:"usage"`
}

// A messagesUsage counts the tokens so far. The input does not include what was
// read from a cache or written to it.
type messagesUsage struct {
	Input   number `json:"input_tokens"`
	Written number `json:"cache_creation_input_tokens"`
	Cached  number `json:"cache_read_input_tokens"`
	Output  number `json:"output_tokens"`
}

func (d *messages) read(s *state, e sse.Event) (kind, error) {
	if e.Data == done {
		return skipped, nil // some gateways add it
	}
	var v messagesEvent
	if err := decode(e, &v, &v.head); err != nil {
		return skipped, err
	}
	name, _ := v.Type.(string)
	if !messagesEvents[name] {
		return skipped, nil
	}
	d.event = name
	if err := d.readEvent(s, name, &v); err != nil {
		return skipped, wrongEvent(err)
	}
	if name == "message_stop" {
		return last, nil
	}
	return part, nil
}

func (d *messages) readEvent(s *state, name string, v *messagesEvent) error {
	switch name {
	case "message_start":
		if d.id != "" && v.Message.ID != d.id { // of a gateway that has asked again
			return fmt.Errorf("%w: another one begins", ErrTruncated)
		}
		d.id = v.Message.ID
		s.name(v.Message.ID, v.Message.Model)
		d.count(v.Message.Usage)
	case "content_block_start":
		return d.begin(s, v)
	case "content_block_delta":
		if err := d.addText(s, v.Delta.Text); err != nil {
			return err
		}
		if err := s.add(0, reasoning, v.Delta.Thinking); err != nil {
			return err
		}
		if d.calls[v.Index] != nil {
			_, err := s.addCall(0, fragment{&v.Index, "", "", v.Delta.Partial})
			return err
		}
	case "content_block_stop":
		if t := d.calls[v.Index]; t != nil {
			delete(d.calls, v.Index)
			s.endCall(0, t)
		}
	case "message_delta":
		d.count(v.Usage)
		usage := d.usage
		s.delta(0).Usage = &usage
		if reason := plain(v.Delta.StopReason); reason != "" {
			return s.finish(0, finishReason(reason))
		}
	}
	return nil
}

// begin reads the start of a block. Its input is empty, unless a gateway sends it
// whole.
func (d *messages) begin(s *state, v *messagesEvent) error {
	if v.Block.Type != "text" {
		d.block++
	}
	switch v.Block.Type {
	case "text":
		return d.addText(s, v.Block.Text)
	case "thinking":
		return s.add(0, reasoning, v.Block.Thinking)
	case "tool_use":
		input := v.Block.Input
		if string(input) == "{}" {
			input = nil
		}
		t, err := s.addCall(0, fragment{&v.Index, v.Block.ID, v.Block.Name, input})
		if err != nil {
			return err
		}
		if d.calls == nil {
			d.calls = make(map[number]*call)
		}
		d.calls[v.Index] = t
	}
	return nil
}

// addText adds to the text. Blocks of text that follow each other are one text, which
// is cut at its citations. After a block of another kind, such as a search of the
// server, the model begins anew.
func (d *messages) addText(s *state, raw json.RawMessage) error {
	return s.addTo(&d.text, [2]number{d.block}, content, raw)
}

// count takes over what an event says of the tokens. Later counts include earlier
// ones, and may leave out those of the input.
func (d *messages) count(u messagesUsage) {
	if input := int(u.Input + u.Written + u.Cached); input > 0 {
		d.usage.Input = input
		d.usage.Cached = int(u.Cached)
	}
	d.usage.Output = max(d.usage.Output, int(u.Output))
}
