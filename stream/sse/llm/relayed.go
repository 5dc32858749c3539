package llm

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A relayed dialect can be passed on to a browser.
type relayed interface {
	dialect
	// pass returns the event that was read last, as a browser receives it.
	pass(sse.Event) (sse.Event, error)
	// end returns the event that ends a complete answer, for a server that does not
	// send it.
	end() (e sse.Event, ok bool)
	// fail returns the event that reports a failure.
	fail(failure) sse.Event
}

func (chat) pass(e sse.Event) (sse.Event, error) { return oneLine("", e.Data) }
func (chat) end() (sse.Event, bool)              { return sse.Event{Data: done}, true }
func (chat) fail(f failure) sse.Event            { return sse.Event{Data: f.body()} }

func (d *messages) pass(e sse.Event) (sse.Event, error) { return oneLine(d.event, e.Data) }
func (d *messages) fail(f failure) sse.Event            { return namedFailure(f) }

func (d *messages) end() (sse.Event, bool) {
	return sse.Event{Name: "message_stop", Data: `{"type":"message_stop"}`}, true
}

func (d *responses) end() (sse.Event, bool)   { return sse.Event{}, false } // it ends with its answer
func (d *responses) fail(f failure) sse.Event { return namedFailure(f) }

// private are the members of a response that repeat the request, which the server
// has made: what stands for them instead.
var private = map[string]json.RawMessage{
	"instructions": json.RawMessage("null"), "prompt": json.RawMessage("null"), "tools": json.RawMessage("[]"),
	"metadata": json.RawMessage("{}"), "user": json.RawMessage("null"),
	"safety_identifier": json.RawMessage("null"), "prompt_cache_key": json.RawMessage("null"),
}

func (d *responses) pass(e sse.Event) (sse.Event, error) {
	if !d.whole {
		return oneLine(d.event, e.Data)
	}
	var event, response map[string]json.RawMessage
	if err := json.Unmarshal([]byte(e.Data), &event); err != nil {
		return sse.Event{}, err
	}
	if err := json.Unmarshal(event["response"], &response); err != nil {
		return sse.Event{}, err
	}
	for member, instead := range private {
		if _, ok := response[member]; ok {
			response[member] = instead
		}
	}
	var err error
	if event["response"], err = json.Marshal(response); err != nil {
		return sse.Event{}, err
	}
	data, err := json.Marshal(event)
	return sse.Event{Name: d.event, Data: string(data)}, err
}

// oneLine returns an event whose data has no line ends.
func oneLine(name, data string) (sse.Event, error) {
	if data == done || !strings.Contains(data, "\n") {
		return sse.Event{Name: name, Data: data}, nil
	}
	var line bytes.Buffer
	err := json.Compact(&line, []byte(data))
	return sse.Event{Name: name, Data: line.String()}, err
}

// namedFailure is the event of a failure in any dialect but that of chats, and in
// one that is not known yet.
func namedFailure(f failure) sse.Event { return sse.Event{Name: "error", Data: f.body()} }
