package sse

import (
	"bytes"
	"math"
	"time"
)

// field is the kind of a line that is not blank.
type field int8

const (
	none field = iota
	ignored
	dataField
	nameField
	idField
	retryField
)

// maxHead is how many bytes of a line tell which field it is and where its
// value starts: the longest are those of "event: ".
const maxHead = len("event: ")

// cutField tells which field a line is, and its value. The line may be the
// start of one, of at least maxHead bytes.
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

// trimSpace removes the one space that may stand before a value.
func trimSpace(value []byte) []byte {
	if len(value) > 0 && value[0] == ' ' {
		return value[1:]
	}
	return value
}

// block is what the lines since the last blank one have said.
type block struct {
	data   []byte // each line with an LF
	name   []byte
	id     []byte
	value  []byte // of the line that has not ended, if it is a name or an id
	idSet  bool
	digits digits
	wait   time.Duration // what a retry field of this block has said

	// What outlives the block.
	lastID   string
	lastName string // not to be made again for each event
	retry    retry
}

// retry is a reconnection time, if told.
type retry struct {
	wait time.Duration
	told bool
}

// add adds to the value of the line that has not ended.
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

// end ends the line.
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
			b.wait = wait
		}
		b.digits = digits{}
	}
}

// size is how much the block holds.
func (b *block) size() int { return len(b.data) + len(b.name) + len(b.id) + len(b.value) }

// keep is how much room for data is kept from one event to the next.
const keep = 1 << 20

// dispatch ends the block, which is an event if it has data.
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

// digits is the value of a retry field, of any length.
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
