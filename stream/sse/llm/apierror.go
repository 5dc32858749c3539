package llm

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// An APIError is an error of a server, in a response or in the middle of a stream.
// It may quote keys, prompts and the names of internal servers: it is for logs,
// never for users.
type APIError struct {
	// StatusCode is the status of the response. A stream has the status 200, so for an
	// error within one, it is the status that the server would have sent, such as 429.
	// 0 means that the error does not say.
	StatusCode int
	// Type is the kind of the error, such as "server_error".
	Type string
	// Code is the reason, such as "rate_limit_exceeded"; digits if the server has
	// sent a number.
	Code string
	// Message is the text of the server.
	Message string
	// RetryAfter is how long the server asks to wait before the next request. Zero
	// means that it does not say.
	RetryAfter time.Duration

	final bool // the server asks not to repeat the request
}

// Error returns the message of the server, with its status, type and code.
func (e *APIError) Error() string {
	var about []string
	if e.StatusCode != 0 {
		about = append(about, "status "+strconv.Itoa(e.StatusCode))
	}
	for _, s := range []string{e.Type, e.Code} {
		if s != "" {
			about = append(about, s)
		}
	}
	text := "llm: api error"
	if len(about) > 0 {
		text += " (" + strings.Join(about, ", ") + ")"
	}
	if e.Message == "" {
		return text
	}
	return text + ": " + e.Message
}

// newAPIError reads an error in JSON. Some servers send another value than an
// object.
func newAPIError(text []byte) *APIError {
	var object struct {
		Message, Type, Code, Status any
		Error                       json.RawMessage
	}
	if json.Unmarshal(text, &object) != nil {
		var message any
		if json.Unmarshal(text, &message) != nil {
			message = string(text)
		}
		return &APIError{Message: plain(message)}
	}
	if isObject(object.Error) && object.Message == nil { // an error in an error
		return newAPIError(object.Error)
	}
	e := &APIError{Type: plain(object.Type), Code: plain(object.Code), Message: plain(object.Message)}
	status := plain(object.Status)
	if e.Type == "" {
		e.Type = status // a word, from Gemini
	}
	for _, word := range []string{e.Code, status, e.Type} {
		if e.StatusCode == 0 {
			e.StatusCode = statusOf(word)
		}
	}
	if e.StatusCode == 0 && e.tooLong() {
		e.StatusCode = http.StatusBadRequest
	}
	return e
}

// tooLong reports whether the question is too long for the model. Many servers
// have no code for it.
func (e *APIError) tooLong() bool {
	if e.Code == "context_length_exceeded" || e.Type == "exceed_context_size_error" || e.Type == "request_too_large" {
		return true
	}
	text := strings.ToLower(e.Message)
	return strings.Contains(text, "context length") || strings.Contains(text, "context size") || strings.Contains(text, "prompt is too long")
}

// statusOf returns the status for a code or a type of error, 0 if there is none.
func statusOf(word string) int {
	if n, err := strconv.Atoi(word); err == nil && n >= 400 && n <= 599 {
		return n
	}
	return statuses[strings.ToLower(word)]
}

var statuses = map[string]int{
	"invalid_request_error": 400, "badrequesterror": 400, "invalid_argument": 400, "invalid_prompt": 400,
	"context_length_exceeded": 400, "exceed_context_size_error": 400, "content_filter": 400, "content_policy_violation": 400,
	"authentication_error": 401, "invalid_api_key": 401, "unauthenticated": 401,
	"billing_error": 402, "insufficient_quota": 429,
	"permission_error": 403, "permission_denied": 403,
	"not_found_error": 404, "model_not_found": 404, "not_found": 404,
	"request_too_large": 413,
	"rate_limit_error":  429, "rate_limit_exceeded": 429, "resource_exhausted": 429,
	"api_error": 500, "server_error": 500, "internal_server_error": 500, "internal": 500,
	"insufficient_system_resource": 503, "service_unavailable": 503, "unavailable": 503,
	"timeout_error": 504, "deadline_exceeded": 504,
	"overloaded_error": 529,
}
