package llm_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/stream/sse"
	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

func TestRelayServesOtherOrigins(t *testing.T) {
	cors := &sse.CORS{Origins: []string{"https://app.example"}}
	for _, tt := range []struct {
		name, method, origin string
		server               answer
		status, asked        int
	}{
		{"an answer", "POST", "https://app.example", events(helloChunk + doneEvent), 200, 1},
		{"an error", "POST", "https://app.example", status(429, "Retry-After", "5"), 429, 1},
		{"a preflight", "OPTIONS", "https://app.example", events(helloChunk + doneEvent), 204, 0},
		{"a page that may not", "POST", "https://evil.example", events(helloChunk + doneEvent), 403, 0},
	} {
		inBubble(t, tt.name, func(t *testing.T) {
			s := newSite(tt.server)
			h := cors.Handler(&llm.Relay{HTTP: s.Client(), Request: toModel})
			r := httptest.NewRequest(tt.method, "/", strings.NewReader("question"))
			r.Header.Set("Origin", tt.origin)
			r.Header.Set("Access-Control-Request-Method", "POST")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != tt.status || len(s.Visits) != tt.asked {
				t.Errorf("status %d after %d questions, want %d after %d", w.Code, len(s.Visits), tt.status, tt.asked)
			}
			if got := w.Header().Get("Access-Control-Allow-Origin"); (got == tt.origin) != (tt.status != 403) {
				t.Errorf("Access-Control-Allow-Origin = %q", got)
			}
		})
	}
}
