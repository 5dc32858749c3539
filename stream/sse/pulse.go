package sse

import (
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
)

const defaultHeartbeat = 15 * time.Second

// heartbeat is a comment. It has no blank line after it, which some clients take
// for an event.
var heartbeat = []byte(":\n")

// A pulse sends heartbeats while nothing else is sent. It has a timer and no
// goroutine. Sending does not touch the timer: a timer that fires too early is
// set to the rest of the time.
type pulse struct {
	every time.Duration
	timer *time.Timer // nil: no heartbeats
	seen  bool        // the client has asked for heartbeats that its scripts can see
	retry int64       // Options.Retry in milliseconds, for those
}

// beat returns the bytes of one heartbeat.
func (p *pulse) beat() []byte {
	if !p.seen {
		return heartbeat
	}
	if p.retry <= 0 {
		return fmt.Appendf(nil, "event: heartbeat\ndata: %d\n\n", p.every.Milliseconds())
	}
	return fmt.Appendf(nil, "event: heartbeat\ndata: %d %d\n\n", p.every.Milliseconds(), p.retry)
}

// asksForEvents reports whether r asks for heartbeats that are events.
func asksForEvents(r *http.Request) bool {
	return strings.Contains(r.URL.RawQuery, "heartbeat=event") && r.URL.Query().Get("heartbeat") == "event"
}

// period returns the time between heartbeats; every is as in Options.
func period(every time.Duration) time.Duration {
	if every == 0 {
		return defaultHeartbeat
	}
	return every
}

// startPulse starts the heartbeats; every is as in Options.
func (s *Stream) startPulse(every time.Duration) {
	if every < 0 {
		return
	}
	// s.pulse must be set before beat runs.
	s.pulse.timer = time.AfterFunc(math.MaxInt64, s.beat)
	s.pulse.timer.Reset(s.pulse.every)
}

// beat sends a heartbeat when the timer fires.
func (s *Stream) beat() {
	if !s.mu.TryLock() {
		// An event is being sent, or the stream is being closed.
		s.pulse.timer.Reset(s.pulse.every)
		return
	}
	defer s.mu.Unlock()
	defer s.recoverBeat()
	if s.gone() != nil {
		return
	}
	rest := s.pulse.every - time.Since(s.out.last)
	if rest <= 0 {
		if s.send(s.pulse.beat()) != nil {
			return
		}
		rest = s.pulse.every
	}
	s.pulse.timer.Reset(rest)
}

// recoverBeat ends the stream when the ResponseWriter has panicked. A panic in
// this goroutine would otherwise end the program. s.mu is held.
func (s *Stream) recoverBeat() {
	v := recover()
	if v == nil {
		return
	}
	s.err = fmt.Errorf("sse: write: panic: %v", v)
	s.cancel(s.err)
	if v != http.ErrAbortHandler {
		s.out.log().ErrorContext(s.r.Context(), "sse: heartbeat", slog.String("path", s.r.URL.Path),
			slog.Any("error", s.err), slog.String("stack", string(debug.Stack())))
	}
}

// stop stops the timer. A beat that runs nevertheless finds the stream closed.
func (p *pulse) stop() {
	if p.timer != nil {
		p.timer.Stop()
	}
}
