package llm_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

// An unable writer has no Flush. A fragile one panics at every write but the first.
type unable struct{ http.ResponseWriter }

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

func TestRelayLogger(t *testing.T) {
	plain := func(w http.ResponseWriter) http.ResponseWriter { return w }
	for _, tt := range []struct {
		name, line string
		wrap       func(http.ResponseWriter) http.ResponseWriter
		server     answer
	}{
		{"an answer that fails", "relay failed", plain, refuse(errors.New("no route"))},
		{"a writer without Flush", "relay failed", func(w http.ResponseWriter) http.ResponseWriter { return unable{w} }, events(helloChunk + doneEvent)},
		{"a heartbeat that panics", "sse: heartbeat", func(http.ResponseWriter) http.ResponseWriter { return fragile{httptest.NewRecorder(), new(bool)} }, events(time.Hour)},
	} {
		inBubble(t, tt.name, func(t *testing.T) {
			standard := testkit.WatchLog(t)
			var given bytes.Buffer
			rl := llm.Relay{
				Request: toModel, HTTP: newSite(tt.server).Client(), Heartbeat: time.Second,
				Logger: slog.New(slog.NewTextHandler(&given, nil)),
			}
			func() {
				defer func() { _ = recover() }()
				rl.ServeHTTP(tt.wrap(httptest.NewRecorder()), httptest.NewRequest("POST", "/", strings.NewReader("question")))
			}()
			if got := given.String(); !strings.Contains(got, tt.line) || standard.String() != "" {
				t.Errorf("the Logger has %q and slog.Default %q, want %q in the Logger only", got, standard, tt.line)
			}
		})
	}
}
