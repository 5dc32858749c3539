package llm_test

import (
	"bytes"
	"compress/gzip"
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
	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

func TestRelayKeepsTheKindOfAnError(t *testing.T) {
	testkit.WatchLog(t)
	for _, tt := range []struct {
		name   string
		up     int
		header []string
		body   string
		status int
		code   string
		final  bool   // the client is told not to repeat the request
		after  string // Retry-After
	}{
		{"a wrong request", 400, nil, `{"error":{"message":"sk-secret","type":"invalid_request_error"}}`, 400, "invalid_request", true, ""},
		{"a question that is too long", 400, nil, `{"error":{"message":"sk-secret","code":"context_length_exceeded"}}`, 400, "context_length_exceeded", true, ""},
		{"a question that is too long, in words", 400, nil, `{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9 tokens"}}`, 400, "context_length_exceeded", true, ""},
		{"a question that a filter refuses", 400, nil, `{"error":{"message":"sk-secret","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{}}}`, 400, "content_filter", true, ""},
		{"a question that is too large", 413, nil, `{"type":"error","error":{"type":"request_too_large","message":"sk-secret"}}`, 413, "context_length_exceeded", true, ""},
		{"a field that is not known", 422, nil, `{"detail":[{"loc":["body"],"msg":"sk-secret"}]}`, 422, "invalid_request", true, ""},
		{"a wrong key", 401, nil, `{"error":{"code":"invalid_api_key"}}`, 502, "upstream_error", true, ""},
		{"an empty account", 402, nil, ``, 502, "upstream_error", true, ""},
		{"a forbidden model", 403, nil, ``, 502, "upstream_error", true, ""},
		{"a wrong model", 404, nil, `{"error":"model 'sk-secret' not found"}`, 502, "upstream_error", true, ""},
		{"a wrong method", 405, nil, ``, 502, "upstream_error", true, ""},
		{"an account without credit", 429, []string{"Retry-After", "20"}, `{"error":{"code":"insufficient_quota"}}`, 502, "upstream_error", true, ""},
		{"too many requests", 429, []string{"Retry-After", "20"}, ``, 429, "rate_limit_exceeded", false, "20"},
		{"too many requests, to the millisecond", 429, []string{"Retry-After", "2", "Retry-After-Ms", "1400"}, ``, 429, "rate_limit_exceeded", false, "2"},
		{"too many requests, to a time", 429, []string{"Retry-After", "Sat, 01 Jan 2000 00:01:00 GMT"}, ``, 429, "rate_limit_exceeded", false, "60"},
		{"too many requests, to an odd time", 429, []string{"Retry-After", "1e99"}, ``, 429, "rate_limit_exceeded", false, ""},
		{"too many requests for good", 429, []string{"X-Should-Retry", "false", "Retry-After", "20"}, ``, 429, "rate_limit_exceeded", true, ""},
		{"a server that is away", 503, []string{"Retry-After", "7"}, `<html>`, 503, "upstream_error", false, "7"},
		{"a server that has too much to do", 529, nil, `{"type":"error","error":{"type":"overloaded_error"}}`, 503, "upstream_error", false, ""},
		{"a server that is slow", 504, nil, ``, 504, "upstream_error", false, ""},
		{"a fault of the server", 500, nil, `[{"error":{"code":500,"message":"sk-secret","status":"INTERNAL"}}]`, 502, "upstream_error", false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := askRelay(t, llm.Relay{}, func(r *http.Request) (*http.Response, error) {
					resp, err := status(tt.up, tt.header...)(r)
					resp.Body = io.NopCloser(strings.NewReader(tt.body))
					return resp, err
				})
				code, _ := errorOf(t, w.Body.String())
				if w.Code != tt.status || code != tt.code || strings.Contains(w.Body.String(), secret) {
					t.Errorf("answered %d %s, want %d %s", w.Code, w.Body, tt.status, tt.code)
				}
				if final := w.Header().Get("X-Should-Retry") == "false"; final != tt.final {
					t.Errorf("X-Should-Retry: %q, want final %t", w.Header().Get("X-Should-Retry"), tt.final)
				}
				if got := w.Header().Get("Retry-After"); got != tt.after {
					t.Errorf("Retry-After: %q, want %q", got, tt.after)
				}
			})
		})
	}
}

func TestRelayAcceptsStreams(t *testing.T) {
	testkit.WatchLog(t)
	whole := helloChunk + finishChunk + doneEvent
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = io.WriteString(z, whole)
	_ = z.Close()
	for _, tt := range []struct {
		name, kind, encoding, body string
		status                     int
		logged                     string
	}{
		{"without a content type", "", "", whole, 200, ""},
		{"as plain text", "text/plain; charset=utf-8", "", whole, 200, ""},
		{"with odd parameters", "Text/Event-Stream;charset", "", whole, 200, ""},
		{"compressed, unasked", "text/event-stream", "gzip", zipped.String(), 200, ""},
		{"compressed in another way", "text/event-stream", "br", "\x1b", 502, "content encoding"},
		{"that are not compressed as they say", "text/event-stream", "gzip", whole, 502, "gzip"},
		{"but no pages", "text/html", "", "<html>" + secret, 502, "content type"},
		{"but no pages without a content type", "", "", "\n<html>" + secret, 502, "HTML instead"},
		{"but no whole answers", "application/json", "", "\n\n" + `{"id":"1","object":"chat.completion","choices":[{"index":0,"message":{"content":"sk-secret"}}]}`, 502, "whole answer"},
		{"but no whole answers of the Messages API", "application/json", "", `{"type":"message","content":[{"type":"text","text":"sk-secret"}]}`, 502, "whole answer"},
		{"but no whole answers of the Responses API", "application/json", "", `{"object":"response","error":null,"output":[]}`, 502, "whole answer"},
		{"but no whole answers as events", "text/event-stream", "", `data: {"choices":[{"index":0,"message":{"content":"sk-secret"},"finish_reason":"stop"}]}` + "\n\n", 502, "whole answer"},
		{"but none of Gemini's own", "application/json", "", `[{"candidates":[{"content":{}}]}]`, 502, "Gemini"},
		{"but none of Gemini's own as events", "text/event-stream", "", `data: {"candidates":[{"content":{}}]}` + "\n\n", 502, "Gemini"},
		{"but no other JSON", "application/json", "", `{"hello":"world"}`, 502, "neither"},
		{"but no empty list", "application/json", "", `[]`, 502, "neither"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			log := testkit.WatchLog(t)
			synctest.Test(t, func(t *testing.T) {
				w := askRelay(t, llm.Relay{}, func(r *http.Request) (*http.Response, error) {
					resp, err := typed(tt.kind, tt.body)(r)
					if tt.encoding != "" {
						resp.Header.Set("Content-Encoding", tt.encoding)
					}
					if tt.kind == "" {
						resp.Header.Del("Content-Type")
					}
					return resp, err
				})
				if w.Code != tt.status || strings.Contains(w.Body.String(), secret) || tt.status == 200 && w.Body.String() != whole {
					t.Errorf("answered %d %s, want %d", w.Code, w.Body, tt.status)
				}
				if final := w.Header().Get("X-Should-Retry") == "false"; final != (tt.status == 502) {
					t.Errorf("X-Should-Retry: %q", w.Header().Get("X-Should-Retry"))
				}
				if !strings.Contains(log.String(), tt.logged) {
					t.Errorf("logged %q, want %q", log, tt.logged)
				}
			})
		})
	}
}

func TestRelayError(t *testing.T) {
	testkit.WatchLog(t)
	busy := func(_ *http.Request, err error) *llm.RefusedError {
		if told := (*llm.APIError)(nil); errors.As(err, &told) && told.StatusCode == 401 || errors.Is(err, llm.ErrTruncated) {
			return &llm.RefusedError{StatusCode: 503, Code: "away", Message: "Ask again tomorrow."}
		}
		return nil
	}
	inBubble(t, "chooses the answer", func(t *testing.T) {
		w := askRelay(t, llm.Relay{Error: busy}, answered(401, ""))
		if code, message := errorOf(t, w.Body.String()); w.Code != 503 || code != "away" || message != "Ask again tomorrow." || w.Header().Get("X-Should-Retry") != "false" {
			t.Errorf("answered %d %s, %v", w.Code, w.Body, w.Header())
		}
	})
	inBubble(t, "chooses the event", func(t *testing.T) {
		w := askRelay(t, llm.Relay{Error: busy}, events(helloChunk))
		if want := helloChunk + `data: {"type":"error","error":{"message":"Ask again tomorrow.","type":"server_error","param":null,"code":"away"}}` + "\n\n"; w.Body.String() != want {
			t.Errorf("sent %s, want %s", w.Body, want)
		}
	})
	inBubble(t, "may leave it", func(t *testing.T) {
		if w := askRelay(t, llm.Relay{Error: busy}, answered(429, "")); w.Code != 429 {
			t.Errorf("answered %d %s", w.Code, w.Body)
		}
	})
	inBubble(t, "is not asked about a refusal", func(t *testing.T) {
		refuses := func(context.Context, *http.Request) (*http.Request, error) {
			return nil, &llm.RefusedError{StatusCode: 429, Message: "enough", RetryAfter: 90 * time.Millisecond}
		}
		w := httptest.NewRecorder()
		(&llm.Relay{Request: refuses, Error: func(*http.Request, error) *llm.RefusedError { t.Error("asked"); return nil }}).
			ServeHTTP(w, httptest.NewRequest("POST", "/", strings.NewReader("question")))
		if w.Code != 429 || w.Header().Get("Retry-After") != "1" {
			t.Errorf("answered %d %v", w.Code, w.Header())
		}
	})
}
