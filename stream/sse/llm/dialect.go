package llm

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A dialect reads the events of one API.
type dialect interface {
	// read adds an event to the answer.
	read(*state, sse.Event) (kind, error)
}

// recognise returns the dialect of a stream with this first event.
func recognise(e sse.Event, isJSON bool) (dialect, error) {
	if isJSON {
		return ndjson{}, nil
	}
	var first struct {
		head
		Candidates json.RawMessage `json:"candidates"`
	}
	_ = json.Unmarshal([]byte(e.Data), &first) // a chat reports it
	if isThere(first.Candidates) {
		return nil, errGemini
	}
	name, _ := first.Type.(string)
	switch {
	case strings.HasPrefix(name, "response."):
		return new(responses), nil
	case messagesEvents[name], name == "error" && isObject(first.Error):
		return new(messages), nil
	case name == "error":
		return new(responses), nil
	}
	return chat{}, nil
}

var (
	errGemini = &formError{"stream of Gemini's own API, which is not read; its OpenAI-compatible one is", nil}
	errWhole  = &formError{`whole answer instead of a stream; the request needs "stream": true`, nil}
	errOther  = &formError{"stream whose events have no known form", nil}
)

// head holds the fields of an event that may say that it is an error.
type head struct {
	Type   any             `json:"type"`
	Object any             `json:"object"`
	Error  json.RawMessage `json:"error"`
}

// fault returns the *APIError in an event, or nil.
func (h *head) fault(e sse.Event) error {
	switch {
	case isThere(h.Error):
		return newAPIError(h.Error)
	case e.Name == "error", h.Object == "error", h.Type == "error":
		return newAPIError([]byte(e.Data))
	}
	return nil
}

// decode reads the data of an event into v, whose head is h. It returns the error
// that the server reports with the event.
func decode(e sse.Event, v any, h *head) error {
	if err := json.Unmarshal([]byte(e.Data), v); err != nil {
		// The server's error counts, even if something else in it is odd.
		if fault := h.fault(e); fault != nil {
			return fault
		}
		return wrongEvent(err)
	}
	return h.fault(e)
}

// wrongEvent returns an error that says what is wrong: err, unless it is one of a
// value in the event.
func wrongEvent(err error) error {
	var form *formError
	var api *APIError
	if errors.As(err, &form) || errors.As(err, &api) || errors.Is(err, sse.ErrEventTooLarge) || errors.Is(err, ErrTruncated) {
		return err
	}
	return &formError{"event that cannot be read", err}
}
