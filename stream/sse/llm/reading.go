package llm

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// ErrTruncated means that a stream has ended before its answer was complete.
var ErrTruncated = errors.New("llm: truncated answer")

// A reading reads the events of one answer.
type reading struct {
	source
	state
	dialect dialect // nil until the first event
	known   bool    // an event was not skipped
	other   bool    // one was
}

func newReading(r io.Reader, maxEventSize int) *reading {
	return &reading{source: newSource(r, maxEventSize), state: newState(maxEventSize)}
}

// A kind is what an event means to the answer.
type kind int

const (
	skipped kind = iota // says nothing in a known form
	part                // adds to the answer
	last                // ends the answer, and may add to it
	ended               // the stream is over, and the answer was complete before
)

// next returns the next event that is not skipped. The deltas are then those of
// this event. kind is part if there may be more events.
func (r *reading) next() (sse.Event, kind, error) {
	r.reset()
	defer r.settle()
	for {
		e, err := r.source.next()
		if err != nil {
			if err := r.truncation(err); err != nil {
				return sse.Event{}, skipped, err
			}
			r.flush()
			return sse.Event{}, ended, nil
		}
		if blank(e) {
			continue
		}
		if r.dialect == nil {
			if r.dialect, err = recognise(e, r.json != nil); err != nil {
				return sse.Event{}, skipped, err
			}
		}
		kind, err := r.dialect.read(&r.state, e)
		if err != nil {
			return sse.Event{}, skipped, err
		}
		r.known, r.other = r.known || kind != skipped, r.other || kind == skipped
		if kind == last {
			if !r.some() {
				return sse.Event{}, skipped, ErrTruncated
			}
			r.flush()
		}
		if kind != skipped {
			return e, kind, nil
		}
	}
}

// truncation returns the error of a stream that ends with err and without an end
// event, or nil if the answer is complete.
func (r *reading) truncation(err error) error {
	wrong := (*formError)(nil)
	switch {
	case errors.Is(err, sse.ErrEventTooLarge), errors.As(err, &wrong):
		return err
	case r.complete():
		return nil
	case err == io.EOF && r.other && !r.known:
		return errOther
	case err == io.EOF:
		return ErrTruncated
	}
	return fmt.Errorf("%w: %w", ErrTruncated, err)
}

// blank reports whether an event is empty, as gateways send them to keep a
// connection open.
func blank(e sse.Event) bool {
	data := strings.TrimSpace(e.Data)
	return data == "" && e.Name != "error" || data == "null"
}
