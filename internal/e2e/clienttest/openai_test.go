package clienttest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/internal/e2e/clienttest"
	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

// model is an upstream that answers with these chunks, and then does what the
// test says.
func model(chunks []string, then func(w http.ResponseWriter, r *http.Request)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		w.Header().Set("Set-Cookie", "key="+secret)
		for _, c := range chunks {
			fmt.Fprintf(w, "data: %s\n\n", c)
			_ = http.NewResponseController(w).Flush()
		}
		if then != nil {
			then(w, r)
		}
	})
}

// secret must never leave the relay.
const secret = "sk-secret"

// relay serves a Relay before the upstream.
func relay(t *testing.T, upstream http.Handler) (url string) {
	target := serve(t, upstream)
	return serve(t, &llm.Relay{Request: func(ctx context.Context, r *http.Request) (*http.Request, error) {
		req, err := http.NewRequestWithContext(ctx, "POST", target+r.URL.Path, r.Body)
		if err != nil {
			return nil, err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+secret)
		return req, nil
	}})
}

// delta is a chunk with some text, or with the reason why the text ends.
func delta(text, reason string) string {
	type choice struct {
		Index        int               `json:"index"`
		Delta        map[string]string `json:"delta"`
		FinishReason *string           `json:"finish_reason"`
	}
	c := choice{Delta: map[string]string{}}
	if text != "" {
		c.Delta["content"] = text
	}
	if reason != "" {
		c.FinishReason = &reason
	}
	chunk, _ := json.Marshal(map[string]any{
		"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "small", "choices": []choice{c}, "usage": nil,
	})
	return string(chunk)
}

const (
	usage = `{"id":"1","object":"chat.completion.chunk","created":1,"model":"small","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}`
	done  = "[DONE]"
)

var words = []string{"Hello", ",\n", "żółw ", "🐢", ` "quoted": `, "data: x\n\n", "."}

func TestOpenAI(t *testing.T) {
	ask := func(t *testing.T, upstream http.Handler) *clienttest.Client {
		return clienttest.Run(t, "openai.mjs", clienttest.Options{URL: relay(t, upstream), Body: "question"})
	}
	var deltas []string
	for _, w := range words {
		deltas = append(deltas, delta(w, ""))
	}
	t.Run("reads the whole answer", func(t *testing.T) {
		asked := make(chan string, 1)
		chunks := slices.Concat(deltas, []string{delta("", "stop"), usage, done})
		answer := model(chunks, nil)
		c := ask(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			asked <- r.URL.Path + " " + r.Header.Get("Authorization") + " " + string(body)
			answer.ServeHTTP(w, r)
		}))
		c.Wait("done", 1)
		if got := c.Texts(); !slices.Equal(got, words) {
			t.Errorf("read %q, want %q", got, words)
		}
		if got := c.Wait("usage", 1).Text; got != "7" {
			t.Errorf("read that %s tokens were used, want 7", got)
		}
		got := await(t, asked)
		if !strings.HasPrefix(got, "/chat/completions Bearer "+secret+" {") || !strings.Contains(got, `"question"`) {
			t.Errorf("the upstream was asked %s", got)
		}
	})
	t.Run("that aborts has the upstream cancelled within 100 ms", func(t *testing.T) {
		// One of some tries: other processes take time, too.
		best := time.Hour
		for tries := 0; tries < 5 && best >= 100*time.Millisecond; tries++ {
			left := make(chan time.Time, 1)
			c := ask(t, model(deltas, func(w http.ResponseWriter, r *http.Request) {
				select {
				case <-r.Context().Done():
					left <- time.Now()
				case <-t.Context().Done(): // the relay has not left
				}
			}))
			c.Wait("text", len(words))
			ordered := time.Now()
			c.Order("close")
			best = min(best, await(t, left).Sub(ordered))
		}
		if best >= 100*time.Millisecond {
			t.Errorf("the upstream was cancelled after %v, want less than 100 ms", best)
		} else {
			t.Logf("after %v", best)
		}
	})
	t.Run("gets an error before the first chunk as a status", func(t *testing.T) {
		c := ask(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusTooManyRequests)
			fmt.Fprintf(w, `{"error":{"message":"too many with %s","type":"tokens","code":"rate_limit_exceeded"}}`, secret)
		}))
		r := c.Wait("error", 1)
		if r.Status != http.StatusTooManyRequests || r.Code != "rate_limit_exceeded" || strings.Contains(r.Text, secret) {
			t.Errorf("error = %+v, want status 429, code rate_limit_exceeded and not the key", r)
		}
	})
	t.Run("gets an error after the first chunk", func(t *testing.T) {
		failed := fmt.Sprintf(`{"error":{"message":"no more of %s","type":"server_error","code":"overloaded"}}`, secret)
		c := ask(t, model(append(slices.Clone(deltas), failed), nil))
		r := c.Wait("error", 1)
		if r.Code != "upstream_error" || strings.Contains(r.Text, secret) {
			t.Errorf("error = %+v, want code upstream_error and not the key", r)
		}
		if got := c.Texts(); !slices.Equal(got, words) {
			t.Errorf("read %q, want %q", got, words)
		}
	})
	t.Run("gets an error for an answer that has been cut off", func(t *testing.T) {
		c := ask(t, model(deltas, nil))
		if r := c.Wait("error", 1); r.Code != "upstream_truncated" {
			t.Errorf("error = %+v, want code upstream_truncated", r)
		}
	})
}
