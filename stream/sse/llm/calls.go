package llm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A fragment is a piece of a tool call.
type fragment struct {
	index    *number // nil if the server does not number the calls
	id, name string
	args     json.RawMessage // a string, or another value that is complete
}

// addCall adds a piece to the tool calls of a choice, and returns its call.
func (s *state) addCall(index int, f fragment) (*call, error) {
	c, err := s.choice(index)
	if err != nil {
		return nil, err
	}
	t := c.find(f)
	if t == nil {
		if s.calls++; s.calls > maxCalls {
			return nil, &formError{fmt.Sprintf("more than %d tool calls", maxCalls), nil}
		}
		t = &call{index: len(c.calls)}
		if f.index != nil {
			t.index = int(*f.index)
		}
		c.calls = append(c.calls, t)
		c.begun, c.called = true, true
	}
	if t.id == "" {
		t.id = f.id
	}
	if t.name == "" {
		t.name = f.name
	}
	if s.size += len(f.id) + len(f.name) + len(f.args); s.max > 0 && s.size > s.max {
		return nil, fmt.Errorf("llm: tool calls: %w", sse.ErrEventTooLarge)
	}
	return t, t.add(f.args)
}

// find returns the call that a piece belongs to, or nil if it begins one. Some
// servers give each call the same index, so another id begins a call:
// https://github.com/ollama/ollama/issues/15457. Some have no index, and send
// each call whole: https://github.com/ollama/ollama/issues/7881.
func (c *choice) find(f fragment) *call {
	for i := len(c.calls) - 1; i >= 0; i-- {
		t := c.calls[i]
		switch {
		case f.index == nil && f.id == "" && f.name == "":
			return t
		case f.index == nil && f.id != "" && f.id == t.id:
			return t
		case f.index != nil && int(*f.index) == t.index:
			if f.id != "" && t.id != "" && f.id != t.id {
				continue // perhaps an earlier one with this index
			}
			return t
		}
	}
	return nil
}

// add adds a piece of the arguments.
func (t *call) add(args json.RawMessage) error {
	switch {
	case !isThere(args):
		return nil
	case args[0] == '"':
		text, err := t.half.join(args)
		t.args = append(t.args, text...)
		return err
	}
	var line bytes.Buffer
	err := json.Compact(&line, args)
	t.args = append(t.args, line.Bytes()...)
	return err
}

// done returns the complete call.
func (t *call) done() ToolCall {
	args := strings.ToValidUTF8(string(t.args)+t.half.rest(), "\uFFFD")
	if args == "" {
		args = "{}"
	}
	return ToolCall{ID: t.id, Name: t.name, Arguments: args}
}

// endCall tells a call before its choice ends.
func (s *state) endCall(index int, t *call) {
	c := s.choices[index]
	for i := range c.calls {
		if c.calls[i] == t {
			c.calls = append(c.calls[:i], c.calls[i+1:]...)
			d := s.delta(index)
			d.ToolCalls = append(d.ToolCalls, t.done())
			return
		}
	}
}
