package sse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse/internal/upstream"
)

// A session is one loop over Client.Events.
type session struct {
	*Client
	yield   func(Event, error) bool
	lastID  string
	backoff backoff
}

// errStop ends a session without an error.
var errStop = errors.New("stop")

// A finalError ends a session.
type finalError struct{ error }

// run returns the error that ends the events, or nil.
func (s *session) run(ctx context.Context) error {
	for ctx.Err() == nil {
		start := time.Now()
		err := s.connect(ctx)
		if err == errStop {
			return nil
		}
		if ctx.Err() != nil {
			break
		}
		var final finalError
		var refused *ResponseError
		switch {
		case errors.As(err, &final):
			return final.error
		case errors.Is(err, ErrEventTooLarge), errors.As(err, &refused) && !refused.transient():
			return err
		case s.once() && err == io.EOF:
			return nil
		case s.once():
			return err
		}
		wait := s.backoff.next(time.Since(start))
		if refused != nil {
			wait = max(wait, retryAfter(refused.Header))
		}
		s.report(err, wait)
		pause(ctx, wait)
	}
	return fmt.Errorf("sse: %w", context.Cause(ctx))
}

// once reports whether the session sends only one request.
func (s *session) once() bool { return s.method() != http.MethodGet && !s.RepeatPOST }

// connect yields the events of one connection and returns why it has ended.
func (s *session) connect(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	req, err := s.request(ctx)
	if err != nil {
		return finalError{err}
	}
	idle := upstream.NewIdle(s.Idle, func() { cancel(ErrIdle) })
	defer idle.Stop()
	resp, err := s.client().Do(req)
	if err != nil {
		return upstream.Reason(ctx, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNoContent {
		return errStop
	}
	if err := checkResponse(resp); err != nil {
		return err
	}
	idle.R = resp.Body
	if err := s.read(idle); err != errStop {
		return upstream.Reason(ctx, err)
	}
	return errStop
}

// read yields the events of r and returns why there are no more.
func (s *session) read(r io.Reader) error {
	rd := NewReader(r)
	rd.MaxEventSize = s.MaxEventSize
	rd.block.lastID = s.lastID
	defer func() {
		s.lastID = rd.LastEventID()
		if wait, ok := rd.Retry(); ok {
			s.backoff.told = true
			s.backoff.wait = wait
		}
	}()
	for {
		e, err := rd.Next()
		if err != nil {
			return err
		}
		s.backoff.attempts = 0
		if !s.yield(e, nil) {
			return errStop
		}
	}
}

func (s *session) request(ctx context.Context) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, s.method(), s.URL, bytes.NewReader(s.Body))
	if err != nil {
		return nil, fmt.Errorf("sse: %w", err)
	}
	for name, values := range s.Header {
		req.Header[http.CanonicalHeaderKey(name)] = slices.Clone(values)
	}
	if req.Header.Get("Accept") == "" {
		req.Header.Set("Accept", "text/event-stream")
	}
	if req.Header.Get("Cache-Control") == "" {
		req.Header.Set("Cache-Control", "no-cache")
	}
	if s.lastID != "" {
		// net/http would refuse the request each time.
		if strings.ContainsFunc(s.lastID, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7F }) {
			return nil, fmt.Errorf("sse: id %q cannot be sent as Last-Event-ID", s.lastID)
		}
		req.Header.Set("Last-Event-ID", s.lastID)
	}
	if s.Prepare != nil {
		return req, s.Prepare(req)
	}
	return req, nil
}
