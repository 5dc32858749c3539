package llm_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

func ExampleText() {
	body := strings.NewReader(`data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}

data: {"choices":[{"index":0,"delta":{"content":"Hello"}}]}

data: {"choices":[{"index":0,"delta":{"content":" there"}}]}

data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

data: [DONE]

`)
	for token, err := range llm.Text(body) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Print(token)
	}
	// Output: Hello there
}

// The text so far looks like an answer but is incomplete. Only the error says so.
func ExampleErrTruncated() {
	body := strings.NewReader(`data: {"choices":[{"index":0,"delta":{"content":"You may go"}}]}` + "\n\n")
	for token, err := range llm.Text(body) {
		fmt.Println(token, errors.Is(err, llm.ErrTruncated))
	}
	// Output:
	// You may go false
	//  true
}

func ExampleRelay() {
	model := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, `data: {"choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":"stop"}]}`+"\n\ndata: [DONE]\n\n")
	}))
	defer model.Close()

	relay := &llm.Relay{
		HTTP: model.Client(),
		Request: func(ctx context.Context, r *http.Request) (*http.Request, error) {
			if _, err := r.Cookie("session"); err != nil {
				return nil, &llm.RefusedError{StatusCode: http.StatusUnauthorized, Message: "log in first"}
			}
			// A real program reads the question from r.Body, checks it, and makes a
			// body with "stream": true.
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, model.URL, r.Body)
			if err != nil {
				return nil, err
			}
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Authorization", "Bearer the server's key")
			return req, nil
		},
	}

	for _, cookie := range []string{"session=1", ""} {
		r := httptest.NewRequest("POST", "/chat", strings.NewReader(`{"question":"hi"}`))
		r.Header.Set("Cookie", cookie)
		w := httptest.NewRecorder()
		relay.ServeHTTP(w, r)
		fmt.Println(w.Code, strings.TrimSpace(w.Body.String()))
	}
	// Output:
	// 200 data: {"choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":"stop"}]}
	//
	// data: [DONE]
	// 401 {"type":"error","error":{"message":"log in first","type":"invalid_request_error","param":null,"code":"refused"}}
}

func ExampleAPIError() {
	body := strings.NewReader(`data: {"error":{"message":"key sk-1 has no money left","type":"server_error","code":429}}` + "\n\n")
	for _, err := range llm.Text(body) {
		var told *llm.APIError
		if errors.As(err, &told) {
			fmt.Println("for the visitor: no answer from the server")
			fmt.Println("for the log:", told.Type, told.Code, told.Message)
		}
	}
	// Output:
	// for the visitor: no answer from the server
	// for the log: server_error 429 key sk-1 has no money left
}
