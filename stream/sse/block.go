package sse

import (
	"bytes"
	"math"
	"time"
)

// A field is the kind of a line that is not blank.
type field int8

const (
	none field = iota
	ignored
	dataField
	nameField
	idField
	retryField
)

// maxHead is the number of bytes that show which field a line is and where its
// value starts. "event: " is the longest start.
const maxHead = len("event: ")

// cutField returns the field and the value of a line, or of the first bytes of a
// line: at least maxHead of them.
func cutField(line []byte) (field, []byte) {
	if len(line) >= maxHead && string(line[:len("data:")]) == "data:" {
		return dataField, trimSpace(line[len("data:"):])
	}
	name, value := line, []byte(nil)
	if i := bytes.IndexByte(line[:min(len(line), maxHead)], ':'); i >= 0 {
		name, value = line[:i], trimSpace(line[i+1:])
	}
	switch string(name) {
	case "data":
		return dataField, value
	case "event":
		return nameField, value
	case "id":
		return idField, value
	case "retry":
		return retryField, value
	}
	return ignored, nil
}

// trimSpace removes the one space that may precede a value.
func trimSpace(value []byte) []byte {
	if len(value) > 0 && value[0] == ' ' {
		return value[1:]
	}
	return value
}

// A block holds the fields of the lines since the last blank line.
type block struct {
	data   []byte // lines of data, each with an LF
	name   []byte
	id     []byte
	value  []byte // the value so far of an unfinished name or id line
	idSet  bool
	digits digits
	wait   time.Duration // from a retry field of this block

	// These outlive the block.
	lastID   string
	lastName string // saves an allocation for each event
	retry    retry
}

// A retry is a reconnection time. told reports whether the stream has set it.
type retry struct {
	wait time.Duration
	told bool
}

// add appends to the value of the unfinished line.
func (b *block) add(f field, value []byte) {
	switch f {
	case dataField:
		b.data = append(b.data, value...)
	case nameField, idField:
		b.value = append(b.value, value...)
	case retryField:
		b.digits.add(value)
	}
}

// end finishes the line.
func (b *block) end(f field) {
	switch f {
	case dataField:
		b.data = append(b.data, '\n')
	case nameField:
		b.name, b.value = b.value, b.name[:0]
	case idField:
		if bytes.IndexByte(b.value, 0) < 0 {
			b.id, b.value = b.value, b.id
			b.idSet = true
		}
		b.value = b.value[:0]
	case retryField:
		if wait, ok := b.digits.milliseconds(); ok {
			b.retry = retry{wait, true}
			if b.wait = wait; wait == 0 {
				b.wait = RetryAtOnce
			}
		}
		b.digits = digits{}
	}
}

// size returns the number of bytes that the block holds.
func (b *block) size() int { return len(b.data) + len(b.name) + len(b.id) + len(b.value) }

// keep is the capacity for data that is kept from one event to the next.
const keep = 1 << 20

// dispatch ends the block. The block is an event if it has data.
func (b *block) dispatch() (e Event, ok bool) {
	if b.idSet && string(b.id) != b.lastID {
		b.lastID = decoded(b.id)
	}
	if len(b.data) > 0 {
		if len(b.name) > 0 {
			if string(b.name) != b.lastName {
				b.lastName = decoded(b.name)
			}
			e.Name = b.lastName
		}
		e.ID = b.lastID
		e.Data = decoded(b.data[:len(b.data)-1])
		e.Retry = b.wait
		ok = true
	}
	if cap(b.data) > keep {
		b.data = nil
	}
	b.data = b.data[:0]
	b.name = b.name[:0]
	b.id = b.id[:0]
	b.idSet = false
	b.wait = 0
	return e, ok
}

// digits is the value of a retry field, which may have any length.
type digits struct {
	n     int64
	some  bool
	wrong bool
}

// mostMilliseconds is the longest time that a time.Duration can hold.
const mostMilliseconds = int64(math.MaxInt64 / time.Millisecond)

func (d *digits) add(value []byte) {
	for _, c := range value {
		if c < '0' || c > '9' {
			d.wrong = true
			return
		}
		d.some = true
		if d.n = d.n*10 + int64(c-'0'); d.n > mostMilliseconds {
			d.n = mostMilliseconds
		}
	}
}

func (d *digits) milliseconds() (time.Duration, bool) {
	return time.Duration(d.n) * time.Millisecond, d.some && !d.wrong
}
