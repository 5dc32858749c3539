package llm

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Check returns nil if a response has the status 200. Otherwise it returns an
// *APIError with the status and with the error in the body, of which it reads at
// most 64 KiB. It does not close the body.
func Check(resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return responseError(resp, resp.Body)
}

// responseError returns the error of a response whose status is not 200.
func responseError(resp *http.Response, r io.Reader) *APIError {
	const enough = 64 << 10
	body, _ := io.ReadAll(io.LimitReader(r, enough))
	e := new(APIError)
	text := strings.TrimSpace(string(body))
	if strings.HasPrefix(text, "[") { // Gemini
		var list []json.RawMessage
		if json.Unmarshal(body, &list) == nil && len(list) > 0 {
			text = string(list[0])
		}
	}
	var h struct {
		head
		Message any `json:"message"`
		Detail  any `json:"detail"`
	}
	switch err := json.Unmarshal([]byte(text), &h); {
	case err != nil && strings.HasPrefix(text, "<"): // a page
	case err != nil:
		e.Message = strings.ToValidUTF8(text[:min(len(text), 200)], "\uFFFD")
	case isThere(h.Error):
		e = newAPIError(h.Error)
	case h.Message != nil:
		e = newAPIError([]byte(text))
	default:
		e.Message = plain(h.Detail) // Mistral, and what is made with FastAPI
	}
	e.StatusCode = resp.StatusCode
	e.RetryAfter = retryAfter(resp.Header)
	e.final = resp.Header.Get("X-Should-Retry") == "false"
	return e
}

// retryAfter reads Retry-After, or the more exact Retry-After-Ms that OpenAI and others
// send.
func retryAfter(h http.Header) time.Duration {
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil && ms > 0 && ms < maxWait.Seconds()*1000 {
		return time.Duration(ms * float64(time.Millisecond))
	}
	value := h.Get("Retry-After")
	if s, err := strconv.ParseFloat(value, 64); err == nil && s > 0 && s < maxWait.Seconds() {
		return time.Duration(s * float64(time.Second))
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(time.Until(at), 0), maxWait)
	}
	return 0
}

// maxWait limits what a server may ask for.
const maxWait = 24 * time.Hour
