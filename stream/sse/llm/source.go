package llm

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A source reads the events of a body. A body that begins with a JSON value is a
// sequence of such values, each of which becomes an event without a name.
type source struct {
	body *bufio.Reader
	max  int
	sse  *sse.Reader // nil until the first byte has been read
	json *json.Decoder
	cap  *capped // what json reads from
}

func newSource(r io.Reader, maxEventSize int) source {
	if maxEventSize == 0 {
		maxEventSize = sse.DefaultMaxEventSize
	}
	return source{body: bufio.NewReaderSize(r, 16), max: maxEventSize}
}

func (s *source) next() (sse.Event, error) {
	if s.sse == nil && s.json == nil {
		if err := s.begin(); err != nil {
			return sse.Event{}, err
		}
	}
	if s.sse != nil {
		return s.sse.Next()
	}
	s.cap.left = s.max
	var value json.RawMessage
	switch err := s.json.Decode(&value); {
	case err == nil:
		return sse.Event{Data: string(value)}, nil
	case isSyntax(err):
		return sse.Event{}, &formError{"stream that is not JSON", err}
	default:
		return sse.Event{}, err
	}
}

// begin looks at the first byte that is not a space. Some servers send spaces
// until the model is ready.
func (s *source) begin() error {
	for {
		c, err := s.body.ReadByte()
		if err != nil {
			return err
		}
		switch c {
		case ' ', '\t', '\r', '\n':
			continue
		case '<':
			return &formError{"HTML instead of a stream", nil}
		}
		_ = s.body.UnreadByte()
		if c == '{' || c == '[' {
			s.cap = &capped{r: s.body}
			s.json = json.NewDecoder(s.cap)
			return nil
		}
		s.sse = sse.NewReader(&errorFields{r: s.body})
		s.sse.MaxEventSize = s.max
		return nil
	}
}

// capped limits what is read for one value.
type capped struct {
	r    io.Reader
	left int // negative: no limit
}

func (c *capped) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, sse.ErrEventTooLarge
	}
	if c.left > 0 {
		p = p[:min(len(p), c.left)]
	}
	n, err := c.r.Read(p)
	if c.left > 0 {
		c.left -= n
	}
	return n, err
}

func isSyntax(err error) bool {
	wrong := (*json.SyntaxError)(nil)
	return errors.As(err, &wrong)
}

// A formError means that the body is no stream that this package reads. The same
// request will fail again.
type formError struct {
	what string
	err  error // nil if there is no more to say
}

func (e *formError) Error() string {
	if e.err == nil {
		return "llm: " + e.what
	}
	return fmt.Sprintf("llm: %s: %v", e.what, e.err)
}

func (e *formError) Unwrap() error { return e.err }
