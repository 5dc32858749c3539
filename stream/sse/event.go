package sse

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"time"
)

// An Event is one message of a stream:
// https://html.spec.whatwg.org/multipage/server-sent-events.html.
type Event struct {
	// ID is sent by a client that reconnects, as Last-Event-ID. Empty means that
	// the event does not change the client's ID, and NoID that it removes it. Short
	// printable ASCII is safest, since some clients cannot reconnect with other IDs.
	ID string
	// Name is the type of the event, to which EventSource listeners are added.
	// Empty means "message". EventSource uses the names "error" and "open" itself.
	Name string
	// Data may have any number of lines. Clients receive the lines joined by LF,
	// whatever their line ends are here. An event with only a Retry or an ID is
	// received as an event with empty data.
	Data string
	// Retry is how long clients wait before they reconnect, in whole milliseconds.
	// Zero, or less than a millisecond, means that the event does not change it.
	// RetryAtOnce, or another negative Retry, is sent as zero.
	Retry time.Duration
	// Comment is sent before the event, in any number of lines. Clients ignore it.
	// If all other fields are zero, it is sent without an event. A Reader does not
	// return comments.
	Comment string
}

// NoID is the ID of an event that is sent with an empty ID. A client that
// reconnects after it sends no Last-Event-ID.
const NoID = "\x00"

// RetryAtOnce is a Retry after which clients reconnect without a pause, for ever
// if they must. Send it only before a single end of the stream, with another Retry
// in the first event of the next stream.
const RetryAtOnce time.Duration = -1

// Errors of an Event that clients would read as another one.
var (
	// ErrEventID means that the ID of an event contains a line end or a NUL, and is
	// not NoID.
	ErrEventID = errors.New("sse: line end or NUL in event id")
	// ErrEventName means that the name of an event contains a line end.
	ErrEventName = errors.New("sse: line end in event name")
)

// AppendTo appends the event in the form in which it is sent, with its blank
// line, and returns the extended slice. A comment alone has no blank line, which
// some clients take for an event. For an event that cannot be sent, it
// returns dst unchanged and ErrEventID or ErrEventName.
func (e Event) AppendTo(dst []byte) ([]byte, error) {
	if err := e.check(); err != nil {
		return dst, err
	}
	if e.onlyComment() {
		return appendComment(dst, e.Comment), nil
	}
	dst = e.appendHead(dst)
	dst = append(appendLines(dst, "data: ", e.Data), '\n')
	return e.appendEnd(dst), nil
}

func (e Event) check() error {
	if strings.ContainsAny(e.ID, "\r\n\x00") && e.ID != NoID {
		return ErrEventID
	}
	if strings.ContainsAny(e.Name, "\r\n") {
		return ErrEventName
	}
	return nil
}

// onlyComment reports whether nothing but the comment is sent.
func (e Event) onlyComment() bool { return e.Comment != "" && e == Event{Comment: e.Comment} }

// appendComment appends the lines of a comment.
func appendComment(dst []byte, text string) []byte {
	return append(appendLines(dst, ": ", text), '\n')
}

// appendHead appends the comment and the fields before the data.
func (e Event) appendHead(dst []byte) []byte {
	if e.Comment != "" {
		dst = appendComment(dst, e.Comment)
	}
	if e.Name != "" {
		dst = append(dst, "event: "...)
		dst = append(dst, e.Name...)
		dst = append(dst, '\n')
	}
	if e.Retry < 0 {
		return append(dst, "retry: 0\n"...)
	}
	return appendRetry(dst, e.Retry)
}

// appendEnd appends the fields after the data. The id comes last, since some
// clients record it when they read its line. A client that is cut within the
// event would otherwise never receive the event.
func (e Event) appendEnd(dst []byte) []byte {
	if e.ID == NoID {
		dst = append(dst, "id:\n"...)
	} else if e.ID != "" {
		dst = append(dst, "id: "...)
		dst = append(dst, e.ID...)
		dst = append(dst, '\n')
	}
	return append(dst, '\n')
}

// appendRetry appends a retry line, or nothing for less than a millisecond.
// Clients obey the line without a blank line after it.
func appendRetry(dst []byte, retry time.Duration) []byte {
	ms := retry.Milliseconds()
	if ms <= 0 {
		return dst
	}
	dst = append(dst, "retry: "...)
	dst = strconv.AppendInt(dst, ms, 10)
	return append(dst, '\n')
}

// appendLines appends the lines of a text, at least one, each with the prefix.
func appendLines(dst []byte, prefix, text string) []byte {
	dst = append(dst, prefix...)
	return appendText(dst, prefix, text)
}

// appendText appends text to a line that already has its prefix. It does not end
// the last line.
func appendText[T string | []byte](dst []byte, prefix string, text T) []byte {
	lf := -1 // index of the next LF; below start if unknown, len(text) if none
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

// indexByte returns the index of the first c, or the length of the text if there
// is none. It converts neither type to the other, which would copy.
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
