package sse

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// An Encoded is an event in the form in which it is sent. It serves events with
// many receivers, and is immutable. Only Event.Encode makes one, so a stream
// cannot carry anything else. The zero value is not an event and sends nothing.
type Encoded struct{ b []byte }

// Encode encodes the event. It returns ErrEventID or ErrEventName for an event
// that cannot be sent.
func (e Event) Encode() (Encoded, error) {
	buf := getBuffer()
	defer putBuffer(buf)
	var err error
	if buf.b, err = e.AppendTo(buf.b); err != nil {
		return Encoded{}, err
	}
	return Encoded{bytes.Clone(buf.b)}, nil
}

// Len returns the number of bytes that are sent.
func (e Encoded) Len() int { return len(e.b) }

// Event returns the event as a client receives it: its lines end with LF, invalid
// UTF-8 is replaced by U+FFFD, and its Retry is in whole milliseconds.
func (e Encoded) Event() Event {
	var event Event
	var data, comment joined
	for text := decoded(e.b); text != ""; {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		field, value, found := strings.Cut(line, ":")
		switch value = strings.TrimPrefix(value, " "); {
		case field == "event":
			event.Name = value
		case field == "id":
			event.ID = value
		case field == "retry":
			event.Retry = RetryAtOnce
			if ms, _ := strconv.ParseInt(value, 10, 64); ms > 0 {
				event.Retry = time.Duration(ms) * time.Millisecond
			}
		case field == "data":
			data.add(value)
		case found:
			comment.add(value)
		}
	}
	event.Data, event.Comment = data.String(), comment.String()
	return event
}

// joined is lines joined by LF. A single line, such as a piece of a model's answer, is
// not copied.
type joined struct {
	first string
	all   strings.Builder // of several lines
	lines int
}

func (j *joined) add(line string) {
	j.lines++
	switch j.lines {
	case 1:
		j.first = line
		return
	case 2:
		j.all.WriteString(j.first)
	}
	j.all.WriteByte('\n')
	j.all.WriteString(line)
}

func (j *joined) String() string {
	if j.lines > 1 {
		return j.all.String()
	}
	return j.first
}

// SendEncoded sends any number of events, in order, with one write and one flush.
func (s *Stream) SendEncoded(events ...Encoded) error {
	if len(events) == 1 {
		return s.write(events[0].b)
	}
	buf := getBuffer()
	defer putBuffer(buf)
	for _, e := range events {
		buf.b = append(buf.b, e.b...)
	}
	return s.write(buf.b)
}
