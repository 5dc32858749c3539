package sse

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"time"
)

// An Event is one message of a stream, see
// https://html.spec.whatwg.org/multipage/server-sent-events.html.
type Event struct {
	// ID is what a client that reconnects sends as Last-Event-ID. Empty means
	// the event does not change it. Short printable ASCII is safest: some
	// clients cannot reconnect with anything else.
	ID string
	// Name is the type of the event, which EventSource listeners are added
	// for. Empty means "message". EventSource itself uses the names "error"
	// and "open".
	Name string
	// Data may have any number of lines; clients receive them joined by LF,
	// whatever they were ended by here. An event that only has a Retry or an
	// ID, but empty Data, is received as an event with empty data.
	Data string
	// Retry is how long clients are to wait before they reconnect, in whole
	// milliseconds. Zero or less means the event does not change it.
	Retry time.Duration
}

// Why an Event cannot be sent: it would be read as something else.
var (
	ErrEventID   = errors.New("sse: line end or NUL in the id of an event")
	ErrEventName = errors.New("sse: line end in the name of an event")
)

// AppendTo appends the event as it goes over the wire, blank line included, and
// returns the extended slice, or dst as it was and ErrEventID or ErrEventName.
func (e Event) AppendTo(dst []byte) ([]byte, error) {
	if err := e.check(); err != nil {
		return dst, err
	}
	dst = e.appendHead(dst)
	dst = append(appendLines(dst, "data: ", e.Data), '\n')
	return e.appendEnd(dst), nil
}

func (e Event) check() error {
	if strings.ContainsAny(e.ID, "\r\n\x00") {
		return ErrEventID
	}
	if strings.ContainsAny(e.Name, "\r\n") {
		return ErrEventName
	}
	return nil
}

// appendHead appends what stands before the data.
func (e Event) appendHead(dst []byte) []byte {
	if e.Name != "" {
		dst = append(dst, "event: "...)
		dst = append(dst, e.Name...)
		dst = append(dst, '\n')
	}
	return appendRetry(dst, e.Retry)
}

// appendEnd appends what stands after the data. The id comes last, since some
// clients take it over when they read it: one whose connection is cut within
// the event would otherwise never see the event.
func (e Event) appendEnd(dst []byte) []byte {
	if e.ID != "" {
		dst = append(dst, "id: "...)
		dst = append(dst, e.ID...)
		dst = append(dst, '\n')
	}
	return append(dst, '\n')
}

// appendRetry appends a line, or nothing if there is not a whole millisecond.
// It needs no blank line to be obeyed.
func appendRetry(dst []byte, retry time.Duration) []byte {
	ms := retry.Milliseconds()
	if ms <= 0 {
		return dst
	}
	dst = append(dst, "retry: "...)
	dst = strconv.AppendInt(dst, ms, 10)
	return append(dst, '\n')
}

// appendLines appends text, at least one line of it, each with the prefix.
func appendLines(dst []byte, prefix, text string) []byte {
	dst = append(dst, prefix...)
	return appendText(dst, prefix, text)
}

// appendText appends text to a line that has its prefix already, and does not
// end the last line.
func appendText[T string | []byte](dst []byte, prefix string, text T) []byte {
	lf := -1 // where the next one is; less than start: not known; len(text): there is none
	for start := 0; ; {
		if lf < start {
			lf = start + indexByte(text[start:], '\n')
		}
		end := start + indexByte(text[start:lf], '\r')
		dst = append(dst, text[start:end]...)
		if end == len(text) {
			return dst
		}
		dst = append(dst, '\n')
		dst = append(dst, prefix...)
		if start = end + 1; start == lf && lf < len(text) {
			start++ // CR and LF are one line end
		}
	}
}

// indexByte returns where the first c is, or the length if there is none. A
// conversion to either type would copy.
func indexByte[T string | []byte](text T, c byte) int {
	i := -1
	switch text := any(text).(type) {
	case string:
		i = strings.IndexByte(text, c)
	case []byte:
		i = bytes.IndexByte(text, c)
	}
	if i < 0 {
		return len(text)
	}
	return i
}
