package llm_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

// Middleware may give a request a deadline: its browser is still there.
func TestRelayTellsOfTheRequestsDeadline(t *testing.T) {
	ask := func(t *testing.T, parts ...any) (w *httptest.ResponseRecorder, panicked any) {
		testkit.WatchLog(t)
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			w = httptest.NewRecorder()
			defer func() { panicked = recover() }()
			rl := llm.Relay{HTTP: newSite(events(parts...)).Client(), Request: func(_ context.Context, r *http.Request) (*http.Request, error) {
				return http.NewRequest("POST", "http://model/", r.Body) // with no context
			}}
			rl.ServeHTTP(w, httptest.NewRequestWithContext(ctx, "POST", "/", strings.NewReader("question")))
		})
		return w, panicked
	}
	t.Run("before the answer with a status", func(t *testing.T) {
		w, panicked := ask(t, time.Hour)
		if w.Code != http.StatusGatewayTimeout || panicked != nil {
			t.Errorf("status %d, panic %v, want %d", w.Code, panicked, http.StatusGatewayTimeout)
		}
	})
	t.Run("within the answer by cutting it", func(t *testing.T) {
		w, panicked := ask(t, helloChunk, time.Hour)
		if w.Body.String() != helloChunk || panicked != http.ErrAbortHandler {
			t.Errorf("sent %q, panic %v, want %v", w.Body, panicked, http.ErrAbortHandler)
		}
	})
}

// An odd writer has a Write of its own.
type odd struct {
	*httptest.ResponseRecorder
	write func([]byte) (int, error)
}

func (o odd) Write(p []byte) (int, error) { return o.write(p) }

func TestRelayAnswersOnce(t *testing.T) {
	testkit.WatchLog(t)
	var written []string
	w := odd{httptest.NewRecorder(), func(p []byte) (int, error) {
		written = append(written, string(p))
		return 0, io.ErrClosedPipe
	}}
	defer func() {
		if got := recover(); got != http.ErrAbortHandler || len(written) != 1 {
			t.Errorf("recover() = %v, written %q, want %v after one write", got, written, http.ErrAbortHandler)
		}
	}()
	rl := llm.Relay{HTTP: newSite(events(helloChunk)).Client(), Request: toModel, Heartbeat: time.Hour}
	rl.ServeHTTP(w, httptest.NewRequest("POST", "/", strings.NewReader("question")))
}

func TestRelayDoesNotWaitForTheTextOfAnError(t *testing.T) {
	testkit.WatchLog(t)
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		w := askRelay(t, llm.Relay{}, func(r *http.Request) (*http.Response, error) {
			res, err := typed("application/json", `{"error":`, time.Hour)(r)
			res.StatusCode = 429
			return res, err
		})
		if took := time.Since(start); w.Code != 429 || took > 10*time.Second {
			t.Errorf("status %d after %v, want 429 at once", w.Code, took)
		}
	})
}

// Some gateways tell of errors in forms of their own.
func TestRelayPassesChunksOnly(t *testing.T) {
	testkit.WatchLog(t)
	for _, event := range []string{
		`data: {"detail":"sk-secret"}`, `data: {"message":"sk-secret","code":401}`,
		`data: {"choices":null,"detail":"sk-secret"}`,
	} {
		synctest.Test(t, func(t *testing.T) {
			w := askRelay(t, llm.Relay{}, events(helloChunk+event+"\n\n"))
			objects, finished := naively(t, w.Body.String())
			code, _ := errorOf(t, objects[len(objects)-1])
			if finished || strings.Contains(w.Body.String(), secret) || code != "upstream_truncated" {
				t.Errorf("sent %s after %s", w.Body, event)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		usage := `data: {"usage":{"total_tokens":7}}` + "\n\n" // without choices, from some
		w := askRelay(t, llm.Relay{}, events(helloChunk+usage+doneEvent))
		if got, want := w.Body.String(), helloChunk+usage+doneEvent; got != want {
			t.Errorf("sent %q, want %q", got, want)
		}
	})
}
