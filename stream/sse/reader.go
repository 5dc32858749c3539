package sse

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"time"
)

// DefaultMaxEventSize is the default limit for one event of a Reader, a Client
// and an llm.Relay, in bytes.
const DefaultMaxEventSize = 16 << 20

// ErrEventTooLarge matches the error of a Reader that has met an event of more
// than MaxEventSize bytes.
var ErrEventTooLarge = errors.New("sse: event too large")

// A Reader reads events exactly as the HTML standard tells browsers to,
// whatever pieces the bytes come in:
// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
//
// An event is there with the first byte of the blank line that ends it: a lone
// CR is not held back until it is clear whether an LF follows. What the stream
// ends within is dropped, its id too. Bytes that are not UTF-8 are replaced by
// U+FFFD as https://encoding.spec.whatwg.org/#utf-8-decoder does it.
//
// Comments and unknown fields, however long, take no memory. A Reader is used
// by one goroutine.
type Reader struct {
	// MaxEventSize is how many bytes of data, name and id an event may have.
	// Zero means DefaultMaxEventSize, less than zero no limit. It is set
	// before the first event is read.
	MaxEventSize int

	src   lines
	block block
	open  field // of the line that has begun but not ended; zero: none has
	err   error
}

// NewReader returns a Reader of what r reads. It may read ahead. Whoever owns r
// closes it.
func NewReader(r io.Reader) *Reader { return &Reader{src: lines{r: r}} }

// Next returns the next event. Its ID is the last one that the stream has set
// in this event or before, as MessageEvent.lastEventId is; an empty Name means
// "message"; Retry is what this event said.
//
// The error is io.EOF when the stream has ended, matches ErrEventTooLarge, or
// is that of the io.Reader; it stays.
func (r *Reader) Next() (Event, error) {
	for {
		if e, ok := r.scan(); ok {
			return e, nil
		}
		if r.err == nil {
			r.err = r.src.err // not before all that came with it has been read
		}
		if r.err != nil {
			return Event{}, r.err
		}
		r.src.fill()
	}
}

// Events yields the events that are left, and at last the error of Next unless
// that is io.EOF. It can be broken off and called again.
func (r *Reader) Events() iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for {
			e, err := r.Next()
			if err == io.EOF || !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// LastEventID returns what a client that reconnects now would send as
// Last-Event-ID. A block without data sets it, too, though it is no event.
func (r *Reader) LastEventID() string { return r.block.lastID }

// Retry returns how long the stream has asked clients to wait before they
// reconnect, if it has. It counts from the end of its line on, without an
// event.
func (r *Reader) Retry() (wait time.Duration, ok bool) {
	return r.block.retry.wait, r.block.retry.told
}

// scan reads lines up to and including the end of an event. Of a line whose end
// is not there yet it takes what is: it need not be kept where it has been read.
func (r *Reader) scan() (Event, bool) {
	for r.err == nil {
		line, whole := r.src.next()
		f, value := r.open, line
		if f == none {
			if whole && len(line) == 0 {
				if e, ok := r.block.dispatch(); ok {
					return e, true
				}
				continue
			}
			if !whole && len(line) < maxHead {
				break
			}
			f, value = cutField(line)
		}
		r.block.add(f, value)
		if !whole {
			r.open = f
			r.src.take()
			r.checkSize()
			break
		}
		r.open = none
		r.block.end(f)
		r.checkSize()
	}
	return Event{}, false
}

func (r *Reader) checkSize() {
	limit := r.MaxEventSize
	if limit == 0 {
		limit = DefaultMaxEventSize
	}
	if limit > 0 && r.block.size() > limit {
		r.err = fmt.Errorf("%w: more than %d bytes", ErrEventTooLarge, limit)
		r.block = block{lastID: r.block.lastID, retry: r.block.retry}
	}
}
