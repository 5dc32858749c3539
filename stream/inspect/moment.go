package inspect

import (
	"strconv"
	"time"
)

// A phase lasts from one moment to another. A phase with equal moments did not
// take place.
type phase struct {
	From moment `json:"from"`
	To   moment `json:"to"`
}

func (p phase) long() moment { return p.To - p.From }

// A moment is a time since the start of the response.
type moment time.Duration

const never moment = -1

// MarshalJSON returns milliseconds, or null for never.
func (m moment) MarshalJSON() ([]byte, error) {
	if m == never {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, m.millis(), 'f', -1, 64), nil
}

func (m moment) millis() float64 { return float64(time.Duration(m).Microseconds()) / 1000 }

// String returns the time with three significant digits in ms or s, or "–" for
// never.
func (m moment) String() string {
	ms := m.millis()
	switch {
	case m == never:
		return "–"
	case ms == 0:
		return "0"
	case ms < 10:
		return strconv.FormatFloat(ms, 'f', 2, 64) + " ms"
	case ms < 100:
		return strconv.FormatFloat(ms, 'f', 1, 64) + " ms"
	case ms < 1000:
		return strconv.FormatFloat(ms, 'f', 0, 64) + " ms"
	}
	return strconv.FormatFloat(ms/1000, 'f', 2, 64) + " s"
}
