package llm

import (
	"fmt"
	"time"
)

// A RefusedError is an error whose text is for the user. Relay.Request returns it
// to refuse a request, and Relay.Error to choose what the browser receives.
type RefusedError struct {
	// StatusCode is the status of the response, if nothing has been sent yet.
	StatusCode int
	// Message is the text for the user.
	Message string
	// Code is a word for scripts. Empty means "refused".
	Code string
	// RetryAfter is how long the client should wait before it asks again. Zero
	// means that it is not told.
	RetryAfter time.Duration
}

// Error returns the status and the message.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("llm: refused with status %d: %s", e.StatusCode, e.Message)
}
