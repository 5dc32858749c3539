package sse_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// A promising writer passes its Flush on to one that has none, as echo's does.
type promising struct{ wrapped }

func (w promising) Flush() { panic(fmt.Sprintf("%T does not support flushing", w.inner)) }

// An asserting writer does so without telling what is within.
type asserting struct{ http.ResponseWriter }

func (w asserting) Flush() { w.ResponseWriter.(http.Flusher).Flush() }

// A late writer finds out when it is asked.
type late struct{ http.ResponseWriter }

func (late) FlushError() error { return http.ErrNotSupported }

func TestWritersThatOnlyPromiseToFlush(t *testing.T) {
	logs := testkit.WatchLog(t)
	sse.ForgetWarnings()
	hidden := func(w http.ResponseWriter) http.ResponseWriter { return unflushable{w} }
	for _, tt := range []struct {
		name  string
		wrap  func(http.ResponseWriter) http.ResponseWriter
		known bool // before anything is sent
	}{
		{"one that tells what is within", func(w http.ResponseWriter) http.ResponseWriter { return promising{wrapped{hidden(w), hidden(w)}} }, true},
		{"two of them", func(w http.ResponseWriter) http.ResponseWriter {
			inner := promising{wrapped{hidden(w), hidden(w)}}
			return promising{wrapped{inner, inner}}
		}, true},
		{"one that does not", func(w http.ResponseWriter) http.ResponseWriter { return asserting{hidden(w)} }, false},
		{"one that says so late", func(w http.ResponseWriter) http.ResponseWriter { return late{w} }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			logs.Reset()
			rec := httptest.NewRecorder()
			_, err := sse.Open(tt.wrap(rec), httptest.NewRequest("GET", "/", nil))
			if err == nil || errors.Is(err, http.ErrNotSupported) != tt.known {
				t.Errorf("Open() = %v, want an error that matches %v: %t", err, http.ErrNotSupported, tt.known)
			}
			rec = httptest.NewRecorder()
			aborted := func() (v any) {
				defer func() { v = recover() }()
				sse.Handler(nothing).ServeHTTP(tt.wrap(rec), httptest.NewRequest("GET", "/", nil))
				return nil
			}()
			switch {
			case tt.known && (aborted != nil || rec.Code != 500 || rec.Header().Get("Content-Type") != "text/plain; charset=utf-8"):
				t.Errorf("status = %d, %v, panic %v, want a 500 in text", rec.Code, rec.Header(), aborted)
			case !tt.known && aborted != http.ErrAbortHandler:
				t.Errorf("panic = %v, want %v", aborted, http.ErrAbortHandler)
			}
			if !strings.Contains(logs.String(), "cannot flush") && !strings.Contains(logs.String(), "no stream") {
				t.Errorf("log = %q, want a line that says why", logs.String())
			}
		})
	}
}
