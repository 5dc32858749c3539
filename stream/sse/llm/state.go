package llm

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// maxChoices and maxCalls limit what an answer may consist of, since each of them
// takes memory.
const (
	maxChoices = 128
	maxCalls   = 1024
)

// A state is what has been read of an answer.
type state struct {
	deltas  []Delta // of the event that is being read; their texts are in texts until settle
	texts   [][textKinds][]byte
	choices map[int]*choice
	id      bool // the id has been told
	model   bool
	calls   int // number of tool calls
	size    int // bytes of the tool calls
	max     int // limit of size; negative: none
}

// A choice is one of the answers.
type choice struct {
	begun      bool // there was content of some kind
	finished   bool
	unfinished bool // for a reason for which the answer is not whole
	halves     [textKinds]half
	calls      []*call // not yet told
	called     bool    // there was a call
}

// A call is a tool call that is being assembled.
type call struct {
	index    int
	id, name string
	args     []byte
	half     half
}

func newState(maxSize int) state {
	if maxSize == 0 {
		maxSize = sse.DefaultMaxEventSize
	}
	return state{choices: make(map[int]*choice), max: maxSize}
}

// delta returns the delta of a choice in this event.
func (s *state) delta(index int) *Delta { return &s.deltas[s.at(index)] }

// at returns the position of that delta.
func (s *state) at(index int) int {
	for i := range s.deltas {
		if s.deltas[i].Choice == index {
			return i
		}
	}
	s.deltas = append(s.deltas, Delta{Choice: index})
	s.texts = append(s.texts, [textKinds][]byte{})
	return len(s.deltas) - 1
}

// reset begins an event.
func (s *state) reset() {
	s.deltas = s.deltas[:0]
	s.texts = s.texts[:0]
}

// settle ends an event. A hostile event may have a million parts, so their texts
// are joined only once.
func (s *state) settle() {
	for i, texts := range s.texts {
		d := &s.deltas[i]
		d.Content, d.Reasoning, d.Refusal = string(texts[content]), string(texts[reasoning]), string(texts[refusal])
	}
}

// choice returns the choice with an index.
func (s *state) choice(index int) (*choice, error) {
	c := s.choices[index]
	if c == nil {
		if len(s.choices) == maxChoices {
			return nil, &formError{fmt.Sprintf("more than %d choices", maxChoices), nil}
		}
		c = new(choice)
		s.choices[index] = c
	}
	return c, nil
}

// name tells the id and the model of the answer, each once.
func (s *state) name(id, model string) {
	if id != "" && !s.id {
		s.id = true
		s.delta(0).ID = id
	}
	if model != "" && !s.model {
		s.model = true
		s.delta(0).Model = model
	}
}

// A textKind names one of the texts of a choice, which the model writes piece by piece.
type textKind int

const (
	content textKind = iota
	reasoning
	refusal
	textKinds // their number
)

// add adds a JSON string to a text of a choice.
func (s *state) add(index int, to textKind, raw json.RawMessage) error {
	if !isThere(raw) {
		return nil
	}
	c, err := s.choice(index)
	if err != nil {
		return err
	}
	text, err := c.halves[to].join(raw)
	if err != nil || text == "" {
		return err
	}
	s.addText(c, index, to, text)
	return nil
}

func (s *state) addText(c *choice, index int, to textKind, text string) {
	c.begun = true
	i := s.at(index)
	s.texts[i][to] = append(s.texts[i][to], text...)
}

// finish ends a choice. Its calls are then complete.
func (s *state) finish(index int, reason string) error {
	c, err := s.choice(index)
	if err != nil {
		return err
	}
	s.flushChoice(c, index)
	c.finished = true
	if c.unfinished && (reason == finishStop || reason == finishCalls) {
		return nil // some gateways end each stream with it
	}
	c.unfinished = Unfinished(reason) != nil
	if reason == finishStop && c.called {
		reason = finishCalls // as Gemini and others do not say
	}
	s.delta(index).FinishReason = reason
	return nil
}

// flush tells what has been kept back of all choices. The answer is complete.
func (s *state) flush() {
	for _, index := range slices.Sorted(maps.Keys(s.choices)) {
		s.flushChoice(s.choices[index], index)
	}
}

func (s *state) flushChoice(c *choice, index int) {
	for kind := range textKinds {
		if text := c.halves[kind].rest(); text != "" {
			s.addText(c, index, kind, text)
		}
	}
	for _, call := range c.calls {
		d := s.delta(index)
		d.ToolCalls = append(d.ToolCalls, call.done())
	}
	c.calls = nil
}

// complete reports whether every choice so far has ended with a reason.
func (s *state) complete() bool {
	for _, c := range s.choices {
		if !c.finished {
			return false
		}
	}
	return len(s.choices) > 0
}

// some reports whether there is anything of an answer.
func (s *state) some() bool {
	for _, c := range s.choices {
		if c.begun || c.finished {
			return true
		}
	}
	return false
}
