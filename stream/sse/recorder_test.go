package sse_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A recorder is a ResponseWriter that notes each write with the time when it
// leaves the server: at the next flush, or when the handler returns.
type recorder struct {
	start  time.Time
	header http.Header
	masked bool // the last retry is random

	mu        sync.Mutex
	status    int
	unflushed []string
	lines     []string
	deadline  time.Time
	fail      error // of the next writes
}

type recorderKey struct{}

func recorderOf(s *sse.Stream) *recorder {
	return s.Request().Context().Value(recorderKey{}).(*recorder)
}

// note adds a line to the transcript of s.
func note(s *sse.Stream, format string, args ...any) {
	recorderOf(s).note(format, args...)
}

func (rec *recorder) Header() http.Header { return rec.header }

func (rec *recorder) WriteHeader(status int) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if rec.status == 0 {
		rec.status = status
		rec.unflushed = append(rec.unflushed, fmt.Sprintf("-- %d %s", status, rec.header.Get("Content-Type")))
	}
}

func (rec *recorder) Write(p []byte) (int, error) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if rec.fail != nil {
		return 0, rec.fail
	}
	rec.unflushed = append(rec.unflushed, strings.NewReplacer("\n", `\n`, "\r", `\r`).Replace(string(p)))
	return len(p), nil
}

func (rec *recorder) failWith(err error) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.fail = err
}

func (rec *recorder) Flush() {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	for _, s := range rec.unflushed {
		rec.line(s)
	}
	rec.unflushed = nil
}

func (rec *recorder) SetWriteDeadline(t time.Time) error {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.deadline = t
	return nil
}

func (rec *recorder) line(s string) {
	if rec.masked {
		s = lastRetry.ReplaceAllString(s, "retry: RANDOM")
	}
	rec.lines = append(rec.lines, fmt.Sprintf("%-6s %s", time.Since(rec.start), s))
}

func (rec *recorder) note(format string, args ...any) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.line("-- " + fmt.Sprintf(format, args...))
}

// serve notes how the handler ends.
func (rec *recorder) serve(h http.Handler, w http.ResponseWriter, r *http.Request) {
	end := "end"
	func() {
		defer func() {
			if v := recover(); v != nil {
				end = fmt.Sprintf("panic: %v", v)
			}
		}()
		h.ServeHTTP(w, r)
	}()
	rec.Flush()
	if rec.deadline.Equal(time.Unix(1, 0)) {
		end += " (cut)"
	}
	rec.note("%s", end)
}

func (rec *recorder) String() string {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return strings.Join(rec.lines, "\n") + "\n"
}

// lastRetry is told at a shutdown; TestLastRetry says what it is.
var lastRetry = regexp.MustCompile(`^retry: \d+\\n$`)

// unflushable hides the recorder's Flush.
type unflushable struct{ http.ResponseWriter }
