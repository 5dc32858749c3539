package sse_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// An opaque writer can flush and hides what it wraps.
type opaque struct{ w http.ResponseWriter }

func (o opaque) Header() http.Header         { return o.w.Header() }
func (o opaque) Write(b []byte) (int, error) { return o.w.Write(b) }
func (o opaque) WriteHeader(status int)      { o.w.WriteHeader(status) }
func (o opaque) Flush()                      { _ = http.NewResponseController(o.w).Flush() }

// A clear writer does not hide what it wraps.
type clear struct{ opaque }

func (c clear) Unwrap() http.ResponseWriter { return c.w }

func TestPadding(t *testing.T) {
	for _, c := range []struct {
		name    string
		wrap    func(http.ResponseWriter) http.ResponseWriter
		accepts string
		o       sse.Options
		want    int // bytes at the start
	}{
		{"the server's own writer", func(w http.ResponseWriter) http.ResponseWriter { return w }, "gzip", sse.Options{}, 2},
		{"a writer with Unwrap", func(w http.ResponseWriter) http.ResponseWriter { return clear{opaque{w}} }, "gzip", sse.Options{}, 2},
		{"a client that accepts no compression", func(w http.ResponseWriter) http.ResponseWriter { return opaque{w} }, "", sse.Options{}, 2},
		{"a client that refuses compression", func(w http.ResponseWriter) http.ResponseWriter { return opaque{w} }, "identity", sse.Options{}, 2},
		{"a client that fails at comments", func(w http.ResponseWriter) http.ResponseWriter { return opaque{w} }, "gzip", sse.Options{Heartbeat: -1}, 0},
		{"a writer that may hold back bytes", func(w http.ResponseWriter) http.ResponseWriter { return opaque{w} }, "gzip, br", sse.Options{}, 2050},
		{"a retry before it", func(w http.ResponseWriter) http.ResponseWriter { return opaque{w} }, "gzip", sse.Options{Retry: 1e9}, 2048 + len("retry: 1000\n")},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
			if c.accepts != "" {
				r.Header.Set("Accept-Encoding", c.accepts)
			}
			s, err := c.o.Open(c.wrap(w), r)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if got := w.Body.Len(); got != c.want {
				t.Errorf("the stream starts with %d bytes, want %d", got, c.want)
			}
			if err := s.Send(sse.Event{Data: "x"}); err != nil {
				t.Fatal(err)
			}
			for e, err := range sse.NewReader(w.Body).Events() {
				if err != nil || e.Data != "x" {
					t.Errorf("event = %+v, %v, want the data x", e, err)
				}
				break
			}
		})
	}
}
