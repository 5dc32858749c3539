package sse_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// A recorder also records when the status leaves the server.
type recorder struct{ *testkit.Recorder }

// newRecorder masks a retry that is random: the last one.
func newRecorder(masked bool) *recorder {
	return &recorder{testkit.NewRecorder(func(s string) string {
		s = strings.NewReplacer("\n", `\n`, "\r", `\r`).Replace(s)
		if masked {
			s = lastRetry.ReplaceAllString(s, "retry: RANDOM")
		}
		return s
	})}
}

type recorderKey struct{}

func recorderOf(s *sse.Stream) *recorder {
	return s.Request().Context().Value(recorderKey{}).(*recorder)
}

// note adds a line to the transcript of s.
func note(s *sse.Stream, format string, args ...any) {
	recorderOf(s).Note(format, args...)
}

func (rec *recorder) WriteHeader(status int) {
	rec.Lock()
	if rec.Status == 0 {
		rec.Unflushed = append(rec.Unflushed, fmt.Sprintf("-- %d %s", status, rec.Header().Get("Content-Type")))
	}
	rec.Unlock()
	rec.Recorder.WriteHeader(status)
}

func (rec *recorder) failWith(err error) {
	rec.Lock()
	defer rec.Unlock()
	rec.Fail = err
}

// serve notes how the handler ends.
func (rec *recorder) serve(h http.Handler, w http.ResponseWriter, r *http.Request) {
	end := rec.End(func() { h.ServeHTTP(w, r) })
	if rec.Deadline.Equal(time.Unix(1, 0)) {
		end += " (cut)"
	}
	rec.Note("%s", end)
}

// lastRetry is told at a shutdown; TestLastRetry says what it is.
var lastRetry = regexp.MustCompile(`^retry: \d+\\n$`)

// unflushable hides the recorder's Flush.
type unflushable struct{ http.ResponseWriter }
