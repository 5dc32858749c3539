package sse_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// A mute writer has no deadlines, as middleware that hides them.
type mute struct{ *httptest.ResponseRecorder }

// A fragile writer panics at every write but the first.
type fragile struct {
	*httptest.ResponseRecorder
	written *bool
}

func (f fragile) Write(p []byte) (int, error) {
	if *f.written {
		panic("broken")
	}
	*f.written = true
	return len(p), nil
}

// TestLogger has each cause of a line once with a Logger and once without.
func TestLogger(t *testing.T) {
	get := func() *http.Request { return httptest.NewRequest("GET", "/", nil) }
	serve := func(o sse.Options, w http.ResponseWriter, r *http.Request, f func(context.Context, *sse.Stream) error) {
		defer func() { _ = recover() }()
		o.Handler(f).ServeHTTP(w, r)
	}
	for _, tt := range []struct {
		name, line string
		cause      func(*testing.T, *slog.Logger)
	}{
		{"a Handler that fails", "stream failed", func(t *testing.T, l *slog.Logger) {
			serve(sse.Options{Logger: l}, httptest.NewRecorder(), get(), func(context.Context, *sse.Stream) error { return io.ErrUnexpectedEOF })
		}},
		{"a writer without Flush", "no stream", func(t *testing.T, l *slog.Logger) {
			serve(sse.Options{Logger: l}, unflushable{httptest.NewRecorder()}, get(), nothing)
		}},
		{"a writer that only promises to flush", "cannot flush", func(t *testing.T, l *slog.Logger) {
			serve(sse.Options{Logger: l}, late{httptest.NewRecorder()}, get(), nothing)
		}},
		{"a writer without deadlines", "WriteTimeout ends streams", func(t *testing.T, l *slog.Logger) {
			r := get()
			server := &http.Server{WriteTimeout: time.Minute}
			r = r.WithContext(context.WithValue(r.Context(), http.ServerContextKey, server))
			serve(sse.Options{Logger: l}, mute{httptest.NewRecorder()}, r, nothing)
		}},
		{"a heartbeat that panics", "heartbeat", func(t *testing.T, l *slog.Logger) {
			w := fragile{httptest.NewRecorder(), new(bool)}
			serve(sse.Options{Logger: l, Heartbeat: time.Second}, w, get(), func(ctx context.Context, _ *sse.Stream) error {
				<-ctx.Done()
				return context.Cause(ctx)
			})
		}},
		{"a connection that is lost", "connection lost", func(t *testing.T, l *slog.Logger) {
			s := newSite(refuse(errors.New("away")), status(204))
			if _, err := all(t.Context(), &sse.Client{URL: "http://site/", HTTP: s.Client(), Logger: l}, never); err != nil {
				t.Errorf("Events() = %v, want nil", err)
			}
		}},
	} {
		for _, own := range []bool{true, false} {
			name := tt.name + " without a Logger"
			if own {
				name = tt.name + " with a Logger"
			}
			t.Run(name, func(t *testing.T) {
				standard := testkit.WatchLog(t)
				var given bytes.Buffer
				var logger *slog.Logger
				if own {
					logger = slog.New(slog.NewTextHandler(&given, nil))
				}
				sse.ForgetWarnings()
				synctest.Test(t, func(t *testing.T) { tt.cause(t, logger) })
				want, none := standard.String(), given.String()
				if own {
					want, none = none, want
				}
				if strings.Count(want, "\n") != 1 || !strings.Contains(want, tt.line) || none != "" {
					t.Errorf("one log has %q and the other %q, want one line of %q", want, none, tt.line)
				}
			})
		}
	}
}
