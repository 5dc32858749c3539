package llm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// done is the data of the event that ends a stream of chunks.
const done = "[DONE]"

// chunk holds the fields that this package needs of one event of a stream of chat
// completions, or of the older completions:
// https://platform.openai.com/docs/api-reference/chat-streaming
type chunk struct {
	Choices []choice        `json:"choices"`
	Usage   json.RawMessage `json:"usage"`
	Error   json.RawMessage `json:"error"`

	// These belong to an error that is not in an object of its own.
	Type   any `json:"type"`
	Object any `json:"object"`
}

type choice struct {
	Index int `json:"index"`
	Delta struct {
		Content string `json:"content"`
	} `json:"delta"`
	Text         string          `json:"text"` // the older form
	FinishReason string          `json:"finish_reason"`
	Error        json.RawMessage `json:"error"`
}

// readChunk returns the chunk in an event, or an *APIError if the event holds an
// error. The caller has checked that the event is neither the last one nor blank.
func readChunk(e sse.Event) (*chunk, error) {
	var c chunk
	if err := json.Unmarshal([]byte(e.Data), &c); err != nil {
		if e.Name == "error" {
			return nil, &APIError{Message: e.Data}
		}
		return nil, fmt.Errorf("llm: chunk: %w", err)
	}
	switch {
	case isThere(c.Error):
		return nil, newAPIError(c.Error)
	case e.Name == "error", c.Object == "error", c.Type == "error":
		return nil, newAPIError([]byte(e.Data))
	}
	for _, choice := range c.Choices {
		if isThere(choice.Error) {
			return nil, newAPIError(choice.Error)
		}
		if choice.FinishReason == "error" {
			return nil, newAPIError([]byte("{}"))
		}
	}
	return &c, nil
}

// blank reports whether an event is empty, as gateways send them to keep a
// connection open.
func blank(e sse.Event) bool {
	data := strings.TrimSpace(e.Data)
	return data == "" && e.Name != "error" || data == "null"
}

func isThere(member json.RawMessage) bool {
	return len(member) > 0 && !bytes.Equal(member, []byte("null"))
}
