package llm

import (
	"encoding/json"
	"fmt"
	"strings"
)

// An APIError is an error object of an OpenAI-compatible server, in a response or
// in the middle of a stream. It may quote keys, prompts and the names of internal
// servers: it is for logs, never for users.
type APIError struct {
	Message string
	Type    string // such as "server_error"
	Code    string // such as "rate_limit_exceeded"; digits if the server has sent a number
}

// Error returns the message of the server, with its type and code.
func (e *APIError) Error() string {
	var about []string
	for _, s := range []string{e.Type, e.Code} {
		if s != "" {
			about = append(about, s)
		}
	}
	if len(about) == 0 {
		return fmt.Sprintf("llm: api error: %s", e.Message)
	}
	return fmt.Sprintf("llm: api error (%s): %s", strings.Join(about, ", "), e.Message)
}

// newAPIError reads an error in JSON. Some servers send another value than an
// object.
func newAPIError(text []byte) *APIError {
	var object struct{ Message, Type, Code any }
	if json.Unmarshal(text, &object) != nil {
		var message any
		if json.Unmarshal(text, &message) != nil {
			message = string(text)
		}
		return &APIError{Message: plain(message)}
	}
	return &APIError{Message: plain(object.Message), Type: plain(object.Type), Code: plain(object.Code)}
}

// plain returns a JSON value as text, a string without its quotes.
func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	text, _ := json.Marshal(v)
	return string(text)
}
