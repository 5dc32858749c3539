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
	line  []byte      // one heartbeat
}

// visibleHeartbeat is a heartbeat that the scripts of a page can see; retry is as in
// Options.
func visibleHeartbeat(every, retry time.Duration) []byte {
	b := fmt.Appendf(nil, "event: heartbeat\ndata: %d", every.Milliseconds())
	if ms := retry.Milliseconds(); ms > 0 {
		b = fmt.Appendf(b, " %d", ms)
	}
	return append(b, "\n\n"...)
}

// asksForEvents reports whether r asks for heartbeats that are events.
func asksForEvents(r *http.Request) bool {
	return strings.Contains(r.URL.RawQuery, "heartbeat=event") && r.URL.Query().Get("heartbeat") == "event"
}

// startPulse starts the heartbeats.
func (s *Stream) startPulse() {
	if s.pulse.every < 0 {
		return
	}
	// The timer must be set before beat runs.
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
		if s.send(s.pulse.line) != nil {
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
