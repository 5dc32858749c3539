package sse_test

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// interpreted is what the standard's algorithm, followed word by word, makes
// of a stream that has been read to its end:
// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
func interpreted(stream []byte) reading {
	text := strings.TrimPrefix(utf8Decoded(stream), "\uFEFF")
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	lines := strings.Split(text, "\n")

	var got reading
	var data, eventType, idBuffer string
	var told time.Duration
	for _, line := range lines[:len(lines)-1] { // the last one has not ended
		field, value, colon := strings.Cut(line, ":")
		switch {
		case line == "":
			got.lastID = idBuffer
			if data != "" {
				got.events = append(got.events, sse.Event{
					ID: idBuffer, Name: eventType, Data: strings.TrimSuffix(data, "\n"), Retry: told,
				})
			}
			data, eventType, told = "", "", 0
			continue
		case colon && field == "":
			continue
		}
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "event":
			eventType = value
		case "data":
			data += value + "\n"
		case "id":
			if !strings.Contains(value, "\x00") {
				idBuffer = value
			}
		case "retry":
			if value != "" && strings.Trim(value, "0123456789") == "" {
				ms, err := strconv.ParseInt(value, 10, 64)
				if most := int64(1<<63-1) / int64(time.Millisecond); err != nil || ms > most {
					ms = most
				}
				told = time.Duration(ms) * time.Millisecond
				got.retry = told
				got.told = true
			}
		}
	}
	return got
}

// utf8Decoded is the decoder of https://encoding.spec.whatwg.org/#utf-8-decoder,
// byte by byte. The byte order mark stays.
func utf8Decoded(b []byte) string {
	var s strings.Builder
	var point rune
	var needed, seen int
	lower, upper := byte(0x80), byte(0xBF)
	for i := 0; i < len(b); i++ {
		c := b[i]
		if needed == 0 {
			switch {
			case c <= 0x7F:
				s.WriteByte(c)
			case 0xC2 <= c && c <= 0xDF:
				needed, point = 1, rune(c&0x1F)
			case 0xE0 <= c && c <= 0xEF:
				if c == 0xE0 {
					lower = 0xA0
				}
				if c == 0xED {
					upper = 0x9F
				}
				needed, point = 2, rune(c&0xF)
			case 0xF0 <= c && c <= 0xF4:
				if c == 0xF0 {
					lower = 0x90
				}
				if c == 0xF4 {
					upper = 0x8F
				}
				needed, point = 3, rune(c&0x7)
			default:
				s.WriteRune('\uFFFD')
			}
			continue
		}
		if c < lower || upper < c {
			point, needed, seen, lower, upper = 0, 0, 0, 0x80, 0xBF
			i-- // "restore byte to ioQueue"
			s.WriteRune('\uFFFD')
			continue
		}
		lower, upper = 0x80, 0xBF
		point = point<<6 | rune(c&0x3F)
		if seen++; seen == needed {
			s.WriteRune(point)
			point, needed, seen = 0, 0, 0
		}
	}
	if needed != 0 {
		s.WriteRune('\uFFFD')
	}
	return s.String()
}

// reading is all that a Reader tells about a stream.
type reading struct {
	events []sse.Event
	lastID string
	retry  time.Duration
	told   bool
}

func (r reading) String() string {
	return fmt.Sprintf("%+q (last id %+q, retry %v %t)", r.events, r.lastID, r.retry, r.told)
}

// read reads r to its end.
func read(r io.Reader) (reading, error) {
	var got reading
	rd := sse.NewReader(r)
	var failed error
	for e, err := range rd.Events() {
		if err != nil {
			failed = err
			break
		}
		got.events = append(got.events, e)
	}
	got.lastID = rd.LastEventID()
	got.retry, got.told = rd.Retry()
	return got, failed
}
