package llm_test

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

// A Relay reads the whole body before it asks the server.
func TestRelayWaitsForABodyOnlyWhileItComes(t *testing.T) {
	for _, tt := range []struct {
		name   string
		relay  llm.Relay
		length int           // as announced
		every  time.Duration // a KiB comes; 0: nothing does
		status int
		from   time.Duration
		to     time.Duration
	}{
		{"it never comes", llm.Relay{}, 10, 0, 408, 30 * time.Second, 31 * time.Second},
		{"it never comes, with a time of its own", llm.Relay{WriteTimeout: time.Minute}, 10, 0, 408, time.Minute, 61 * time.Second},
		{"it drips", llm.Relay{}, 1 << 20, 20 * time.Second, 408, 30 * time.Second, time.Minute},
		{"it is slow but steady", llm.Relay{}, 256 << 10, 400 * time.Millisecond, 200, 100 * time.Second, 110 * time.Second},
		{"it is not for this server to say", llm.Relay{WriteTimeout: -1}, 1 << 10, time.Hour, 200, time.Hour, time.Hour + time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			overPipes(t, func() http.Handler {
				relay := tt.relay
				relay.Request, relay.HTTP = toModel, newSite(events(helloChunk, doneEvent)).Client()
				return &relay
			}, func(t *testing.T, p *testkit.Pipes) {
				pr, pw := io.Pipe()
				go func() { // ends with the body or the request
					if tt.every == 0 {
						return
					}
					defer func() { _ = pw.Close() }() // HTTP/2 does not count
					for sent := 0; sent < tt.length; sent += 1 << 10 {
						sleep(t.Context(), tt.every)
						if _, err := io.WriteString(pw, strings.Repeat("x", 1<<10)); err != nil {
							return
						}
					}
				}()
				r, err := http.NewRequestWithContext(t.Context(), "POST", "http://site/", pr)
				if err != nil {
					t.Fatal(err)
				}
				r.ContentLength = int64(tt.length)
				start := time.Now()
				res, err := p.Do(r)
				if err != nil {
					t.Fatalf("Do() = %v, want an answer", err)
				}
				took := time.Since(start)
				_ = res.Body.Close()
				_ = pw.Close()
				sleep(t.Context(), time.Second) // as long as the server lets the client read its answer
				if res.StatusCode != tt.status || took < tt.from || took > tt.to {
					t.Errorf("status %d after %v, want %d after %v to %v", res.StatusCode, took, tt.status, tt.from, tt.to)
				}
			})
		})
	}
	t.Run("the next request of the connection is none the wiser", func(t *testing.T) {
		overPipes(t, func() http.Handler {
			return &llm.Relay{Request: toModel, HTTP: newSite(events(helloChunk, time.Hour, doneEvent)).Client()}
		}, func(t *testing.T, p *testkit.Pipes) {
			for range 2 {
				res := ask(t, p)
				if body, err := io.ReadAll(bufio.NewReader(res.Body)); err != nil || !strings.Contains(string(body), "[DONE]") {
					t.Errorf("answer %q, %v, want a whole one", body, err)
				}
				sleep(t.Context(), time.Hour)
			}
		})
	})
}
