package llm

import (
	"encoding/json"
	"strings"
)

// A half joins the pieces of a text. Some servers escape a character outside of
// the Basic Multilingual Plane as a UTF-16 pair and cut the text between its
// halves. A half keeps the first one until the second one arrives.
type half struct {
	escape string // such as `\ud83d`; empty if there is none
}

// join returns the text of a JSON string, or an error for another value.
func (h *half) join(raw json.RawMessage) (string, error) {
	const length = len(`\ud83d`)
	var text string
	if h.escape == "" && !endsInHalf(raw) {
		err := json.Unmarshal(raw, &text)
		return text, err
	}
	if err := json.Unmarshal(raw, &text); err != nil || text == "" {
		return "", err
	}
	body := h.escape + string(raw[1:len(raw)-1])
	h.escape = ""
	if endsInHalf(raw) {
		h.escape = body[len(body)-length:]
		body = body[:len(body)-length]
	}
	err := json.Unmarshal([]byte(`"`+body+`"`), &text)
	return text, err
}

// rest returns what stands for a half that has stayed alone.
func (h *half) rest() string {
	if h.escape == "" {
		return ""
	}
	h.escape = ""
	return "\uFFFD"
}

// endsInHalf reports whether a JSON string ends in an escape of the first half of
// a pair.
func endsInHalf(raw []byte) bool {
	body, ok := strings.CutSuffix(string(raw[max(0, len(raw)-len(`\ud83d"`)):]), `"`)
	if !ok || len(body) < len(`\ud83d`) || body[:2] != `\u` || body[2]|0x20 != 'd' || !strings.ContainsRune("89abAB", rune(body[3])) {
		return false
	}
	before := raw[:len(raw)-len(`\ud83d"`)]
	slashes := 0
	for slashes < len(before) && before[len(before)-1-slashes] == '\\' {
		slashes++
	}
	return slashes%2 == 0
}
