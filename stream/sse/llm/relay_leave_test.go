package llm_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

// What the server goes on writing for a browser that has left costs money.
// This is about real connections, so it is measured in real time.
func TestRelayCancelsAtOnceWhenTheBrowserLeaves(t *testing.T) {
	for _, proto := range []string{"HTTP/1.1", "HTTP/2"} {
		for _, tt := range []struct{ name, sent string }{
			{"before the answer", ""},
			{"within the answer", helloChunk},
		} {
			t.Run(proto+" "+tt.name, func(t *testing.T) {
				asked, ended := make(chan struct{}), make(chan time.Time, 1)
				model := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					_, _ = io.Copy(io.Discard, r.Body)
					w.Header().Set("Content-Type", "text/event-stream")
					_, _ = io.WriteString(w, tt.sent)
					_ = http.NewResponseController(w).Flush()
					close(asked)
					<-r.Context().Done()
					ended <- time.Now()
				}))
				defer model.Close()
				site := httptest.NewUnstartedServer(&llm.Relay{
					HTTP: model.Client(),
					Request: func(_ context.Context, _ *http.Request) (*http.Request, error) {
						// Without the context, and the browser's body is left unread.
						return http.NewRequest("POST", model.URL, strings.NewReader("question"))
					},
				})
				site.EnableHTTP2 = true
				if proto == "HTTP/2" {
					site.StartTLS()
				} else {
					site.Start()
				}
				defer site.Close()
				browser := site.Client()

				ctx, leave := context.WithCancel(t.Context())
				defer leave()
				begun, read := make(chan struct{}), make(chan error, 1)
				go func() { // ends with ctx; read tells
					r, _ := http.NewRequestWithContext(ctx, "POST", site.URL, strings.NewReader(strings.Repeat("question", 1<<14)))
					resp, err := browser.Do(r)
					if err == nil {
						close(begun)
						_, err = io.ReadAll(resp.Body)
						_ = resp.Body.Close()
					}
					read <- err
				}()
				<-asked
				if tt.sent != "" {
					<-begun
				}
				left := time.Now()
				leave()
				if took := (<-ended).Sub(left); took > 100*time.Millisecond {
					t.Errorf("the server was told after %v, want less than 100ms", took)
				} else {
					t.Logf("told after %v", took)
				}
				if err := <-read; err == nil {
					t.Error("the browser has read a whole answer")
				}
			})
		}
	}
}
