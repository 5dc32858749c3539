package testkit

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A Recorder is a ResponseWriter that records each write with the time when it
// leaves the server: at the next flush, or when the handler returns.
type Recorder struct {
	Start  time.Time
	header http.Header
	mask   func(string) string

	sync.Mutex // handlers may note things from several goroutines
	Status     int
	Unflushed  []string
	Lines      []string
	Deadline   time.Time
	Fail       error // of the next writes
}

// NewRecorder returns a Recorder. The function mask replaces what differs from run
// to run.
func NewRecorder(mask func(string) string) *Recorder {
	return &Recorder{Start: time.Now(), header: make(http.Header), mask: mask}
}

// Header is the header of the answer.
func (rec *Recorder) Header() http.Header { return rec.header }

// WriteHeader records the first status.
func (rec *Recorder) WriteHeader(status int) {
	rec.Lock()
	defer rec.Unlock()
	rec.Status = cmp.Or(rec.Status, status)
}

// Write stores p until the next flush.
func (rec *Recorder) Write(p []byte) (int, error) {
	rec.Lock()
	defer rec.Unlock()
	if rec.Fail != nil {
		return 0, rec.Fail
	}
	rec.Status = cmp.Or(rec.Status, http.StatusOK)
	rec.Unflushed = append(rec.Unflushed, rec.mask(string(p)))
	return len(p), nil
}

// Flush adds a line for each write.
func (rec *Recorder) Flush() {
	rec.Lock()
	defer rec.Unlock()
	for _, s := range rec.Unflushed {
		rec.line(s)
	}
	rec.Unflushed = nil
}

// SetWriteDeadline records t.
func (rec *Recorder) SetWriteDeadline(t time.Time) error {
	rec.Lock()
	defer rec.Unlock()
	rec.Deadline = t
	return nil
}

// line adds a line with the time. Microseconds are the finest: the engine
// sleeps for a nanosecond to send together what ends together.
func (rec *Recorder) line(s string) {
	at := time.Since(rec.Start).Round(time.Microsecond)
	rec.Lines = append(rec.Lines, fmt.Sprintf("%-6s %s", at, s))
}

// Note adds a line about something that was not sent.
func (rec *Recorder) Note(format string, args ...any) {
	rec.Lock()
	defer rec.Unlock()
	rec.line("-- " + rec.mask(fmt.Sprintf(format, args...)))
}

// End calls f and flushes. It returns "end", or a description of f's panic.
func (rec *Recorder) End(f func()) (end string) {
	defer func() {
		if v := recover(); v != nil {
			end = fmt.Sprintf("panic: %v", v)
		}
		rec.Flush()
	}()
	f()
	return "end"
}

// String returns the lines.
func (rec *Recorder) String() string {
	rec.Lock()
	defer rec.Unlock()
	return strings.Join(rec.Lines, "\n") + "\n"
}
