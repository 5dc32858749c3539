package llm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// isThere reports whether a member of a JSON object has a value.
func isThere(member json.RawMessage) bool {
	return len(member) > 0 && !bytes.Equal(member, []byte("null"))
}

func isObject(member json.RawMessage) bool { return len(member) > 0 && member[0] == '{' }

// A number is a count or an index. Some servers write it as 1.0 or "1".
type number int

// UnmarshalJSON reads a number. It leaves the number at null.
func (n *number) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		return nil
	}
	f, err := strconv.ParseFloat(strings.Trim(string(raw), `"`), 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > math.MaxInt32 {
		return fmt.Errorf("%.20s is no index", raw)
	}
	*n = number(f)
	return nil
}

// plain returns a JSON value as text, a string without its quotes.
func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}
