package sse_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// An odd is a ResponseWriter of some middleware.
type odd struct {
	*httptest.ResponseRecorder
	write func([]byte) (int, error)
}

func (o odd) Write(p []byte) (int, error) { return o.write(p) }

func TestOddWriters(t *testing.T) {
	request := httptest.NewRequest("GET", "/", nil)
	for _, tt := range []struct {
		name  string
		write func([]byte) (int, error)
	}{
		{"one that writes nothing and says so ends the stream", func([]byte) (int, error) { return 0, nil }},
		{"one that writes a part of it ends the stream", func(p []byte) (int, error) { return len(p) / 2, nil }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := odd{httptest.NewRecorder(), tt.write}
			if _, err := sse.Open(w, request); !errors.Is(err, io.ErrShortWrite) {
				t.Errorf("Open() = %v, want %v", err, io.ErrShortWrite)
			}
		})
	}
	t.Run("one that counts more bytes than it was given is not believed", func(t *testing.T) {
		var got strings.Builder
		w := odd{httptest.NewRecorder(), func(p []byte) (int, error) {
			got.Write(p)
			return len(p) + 10, nil
		}}
		s := open(t, w, request)
		huge := sse.Event{Data: strings.Repeat("x", 200<<10)}
		want, _ := huge.AppendTo([]byte(":\n"))
		if err := s.Send(huge); err != nil || got.String() != string(want) {
			t.Errorf("Send() = %v, sent %d bytes, want %d", err, got.Len(), len(want))
		}
	})
	t.Run("one that panics under a heartbeat ends the stream, not the program", func(t *testing.T) {
		log := testkit.WatchLog(t)
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			w := odd{httptest.NewRecorder(), func(p []byte) (int, error) {
				if time.Since(start) > time.Minute {
					panic("boom")
				}
				return len(p), nil
			}}
			defer func() {
				if got := recover(); got != http.ErrAbortHandler {
					t.Errorf("recover() = %v, want %v", got, http.ErrAbortHandler)
				}
			}()
			sse.Handler(func(ctx context.Context, s *sse.Stream) error {
				<-ctx.Done()
				return ctx.Err()
			}).ServeHTTP(w, request)
		})
		if got := log.String(); !strings.Contains(got, "boom") {
			t.Errorf("logged %q, want the panic", got)
		}
	})
}
