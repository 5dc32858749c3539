package llm_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		status     int
		want       llm.APIError
	}{
		{"OpenAI", `{"error":{"message":"no","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}`, 401, llm.APIError{Type: "invalid_request_error", Code: "invalid_api_key", Message: "no"}},
		{"Anthropic", `{"type":"error","error":{"type":"overloaded_error","message":"no"},"request_id":"req_1"}`, 529, llm.APIError{Type: "overloaded_error", Message: "no"}},
		{"Gemini", `[{"error":{"code":400,"message":"no","status":"INVALID_ARGUMENT"}}]`, 400, llm.APIError{Type: "INVALID_ARGUMENT", Code: "400", Message: "no"}},
		{"Mistral", `{"object":"error","message":{"detail":[{"msg":"no"}]},"type":"invalid_request_error","code":null}`, 422, llm.APIError{Type: "invalid_request_error", Message: `{"detail":[{"msg":"no"}]}`}},
		{"FastAPI", `{"detail":"no"}`, 404, llm.APIError{Message: "no"}},
		{"Ollama", `{"error":"no"}`, 404, llm.APIError{Message: "no"}},
		{"a gateway", `{"statusCode":401,"message":"no"}`, 401, llm.APIError{Message: "no"}},
		{"text", "no\n", 502, llm.APIError{Message: "no"}},
		{"much text", strings.Repeat("no", 1000), 502, llm.APIError{Message: strings.Repeat("no", 100)}},
		{"a page", "<html>no</html>", 502, llm.APIError{}},
		{"nothing", "", 500, llm.APIError{}},
		{"an empty list", "[]", 500, llm.APIError{Message: "[]"}},
		{"another value", "null", 500, llm.APIError{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got *llm.APIError
			tt.want.StatusCode = tt.status
			err := llm.Check(&http.Response{StatusCode: tt.status, Body: io.NopCloser(strings.NewReader(tt.body))})
			if !errors.As(err, &got) || *got != tt.want {
				t.Errorf("Check() = %#v, want %#v", got, tt.want)
			}
		})
	}
	if err := llm.Check(&http.Response{StatusCode: 200}); err != nil {
		t.Errorf("Check() = %v for the status 200", err)
	}
}
