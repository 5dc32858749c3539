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

// ErrEventTooLarge matches the error of a Reader that has met an event with more
// than MaxEventSize bytes.
var ErrEventTooLarge = errors.New("sse: event too large")

// A Reader parses a stream exactly as the HTML standard requires of browsers:
// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
//
// A Reader returns an event as soon as it has read the first byte of the blank
// line that ends it. It does not wait to see whether an LF follows a CR. An event
// that is incomplete when the stream ends is dropped, with its ID. Invalid UTF-8
// is replaced by U+FFFD as https://encoding.spec.whatwg.org/#utf-8-decoder
// defines.
//
// Comments and unknown fields take no memory, however long they are. A Reader
// must not be used concurrently.
type Reader struct {
	// MaxEventSize limits the data, name and ID of one event together, in bytes.
	// Zero means DefaultMaxEventSize; negative means no limit. It must be set
	// before the first event is read.
	MaxEventSize int

	src   lines
	block block
	open  field // field of the unfinished line; zero if there is none
	err   error
}

// NewReader returns a Reader of r. The Reader may read ahead. It does not close
// r.
func NewReader(r io.Reader) *Reader { return &Reader{src: lines{r: r}} }

// Next returns the next event. Its ID is the last one that the stream has set, in
// this event or an earlier one, like MessageEvent.lastEventId. An empty Name
// means "message". Retry is zero unless this event has set it.
//
// At the end of the stream the error is io.EOF. Otherwise it matches
// ErrEventTooLarge, or is the error of the io.Reader. Further calls return the
// same error.
func (r *Reader) Next() (Event, error) {
	for {
		if e, ok := r.scan(); ok {
			return e, nil
		}
		if r.err == nil {
			r.err = r.src.err // only after the bytes that came with the error
		}
		if r.err != nil {
			return Event{}, r.err
		}
		r.src.fill()
	}
}

// Events yields the remaining events, and then the error of Next unless that is
// io.EOF. The caller may leave the loop and call Events again.
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

// LastEventID returns the ID that a client that reconnects now sends as
// Last-Event-ID. A block without data is not an event, but may set the ID.
func (r *Reader) LastEventID() string { return r.block.lastID }

// Retry returns how long the stream has asked clients to wait before they
// reconnect. ok is false if it has not. A retry line counts when it ends, without
// an event.
func (r *Reader) Retry() (wait time.Duration, ok bool) {
	return r.block.retry.wait, r.block.retry.told
}

// scan reads lines up to the end of an event. It takes the part of an unfinished
// line that has been read, so that the part need not be kept in the buffer.
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
