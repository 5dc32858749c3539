package sse

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// An Encoded is an event as it goes over the wire. It is for events with many
// receivers, and never changes. Only Event.Encode makes one: nothing else can
// be put on a stream. The zero value is no event and sends nothing.
type Encoded struct{ b []byte }

// Encode encodes the event, or returns ErrEventID or ErrEventName.
func (e Event) Encode() (Encoded, error) {
	buf := getBuffer()
	defer putBuffer(buf)
	var err error
	if buf.b, err = e.AppendTo(buf.b); err != nil {
		return Encoded{}, err
	}
	return Encoded{bytes.Clone(buf.b)}, nil
}

// Len returns the number of bytes that go over the wire.
func (e Encoded) Len() int { return len(e.b) }

// Event returns the event as a client receives it: its lines are ended by LF,
// what is not UTF-8 is U+FFFD, and its Retry is in whole milliseconds.
func (e Encoded) Event() Event {
	var event Event
	var data strings.Builder
	separator := ""
	for line := range strings.Lines(decoded(e.b)) {
		field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch field {
		case "event":
			event.Name = value
		case "id":
			event.ID = value
		case "retry":
			ms, _ := strconv.ParseInt(value, 10, 64)
			event.Retry = time.Duration(ms) * time.Millisecond
		case "data":
			data.WriteString(separator)
			data.WriteString(value)
			separator = "\n"
		}
	}
	event.Data = data.String()
	return event
}

// SendEncoded sends events in their order, any number of them with one write
// and one flush.
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
