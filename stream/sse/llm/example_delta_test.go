package llm_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

// The events of the Messages API. Deltas reads those of other APIs in the same way.
const thoughtful = `event: message_start
data: {"type":"message_start","message":{"id":"msg_1","model":"small","usage":{"input_tokens":9}}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"A greeting."}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hello"}}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}}

event: message_stop
data: {"type":"message_stop"}

`

func ExampleDeltas() {
	for d, err := range llm.Deltas(strings.NewReader(thoughtful)) {
		switch {
		case err != nil:
			fmt.Println(err)
		case d.Reasoning != "":
			fmt.Println("thought:", d.Reasoning)
		case d.Content != "":
			fmt.Println("said:", d.Content)
		}
	}
	// Output:
	// thought: A greeting.
	// said: Hello
}

// An answer that was cut at a limit looks whole but for its last reason.
func ExampleUnfinished() {
	const cut = `data: {"choices":[{"index":0,"delta":{"content":"The sky is"},"finish_reason":"length"}]}

data: [DONE]

`
	text, reason := "", ""
	for d, err := range llm.Deltas(strings.NewReader(cut)) {
		if err != nil {
			fmt.Println(err)
			return
		}
		text += d.Content + d.Refusal
		if d.FinishReason != "" {
			reason = d.FinishReason
		}
	}
	fmt.Println(text, llm.Unfinished(reason))
	// Output: The sky is llm: answer cut at the limit on tokens
}

// What a program keeps of an answer: the last usage and the last reason count.
func ExampleDelta() {
	var answer llm.Delta
	for d, err := range llm.Deltas(strings.NewReader(thoughtful)) {
		if err != nil {
			fmt.Println(err)
			return
		}
		answer.ID += d.ID
		answer.Content += d.Content
		if d.FinishReason != "" {
			answer.FinishReason = d.FinishReason
		}
	}
	fmt.Println(answer.ID, answer.Content, answer.FinishReason)
	// Output: msg_1 Hello stop
}

func ExampleUsage() {
	for d, err := range llm.Deltas(strings.NewReader(thoughtful)) {
		if err == nil && d.Usage != nil {
			fmt.Println(d.Usage.Input, "tokens in,", d.Usage.Output, "out")
		}
	}
	// Output: 9 tokens in, 5 out
}

// The model writes the call, so the program checks its arguments like those of
// any request.
func ExampleToolCall() {
	body := strings.NewReader(`data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","function":{"name":"weather","arguments":""}}]}}]}

data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"city\":"}}]}}]}

data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"Oslo\"}"}}]}}]}

data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}

data: [DONE]

`)
	for d, err := range llm.Deltas(body) {
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, call := range d.ToolCalls {
			var asked struct{ City string }
			if err := json.Unmarshal([]byte(call.Arguments), &asked); err != nil {
				fmt.Println("the model has written no JSON:", err)
				return
			}
			fmt.Println(call.ID, call.Name, asked.City)
		}
	}
	// Output: call_1 weather Oslo
}

func ExampleCheck() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "20")
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, `{"error":{"message":"key sk-1 is too fast","type":"requests","code":"rate_limit_exceeded"}}`)
	}))
	defer server.Close()

	resp, err := server.Client().Get(server.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	var told *llm.APIError
	if err := llm.Check(resp); errors.As(err, &told) {
		fmt.Println(told.StatusCode, told.Code, told.RetryAfter)
	}
	// Output: 429 rate_limit_exceeded 20s
}

func ExampleErrLength() {
	body := strings.NewReader(`data: {"choices":[{"index":0,"delta":{"content":"Once upon a"},"finish_reason":"length"}]}` + "\n\ndata: [DONE]\n\n")
	for text, err := range llm.Text(body) {
		if errors.Is(err, llm.ErrLength) {
			fmt.Println("… (cut)")
			return
		}
		fmt.Print(text)
	}
	// Output: Once upon a… (cut)
}

func ExampleErrContentFilter() {
	body := strings.NewReader(`data: {"choices":[{"index":0,"delta":{},"finish_reason":"content_filter"}]}` + "\n\ndata: [DONE]\n\n")
	for _, err := range llm.Text(body) {
		if errors.Is(err, llm.ErrContentFilter) {
			fmt.Println("There is no answer to this question.")
		}
	}
	// Output: There is no answer to this question.
}

func ExampleRefusedError() {
	relay := &llm.Relay{Request: func(context.Context, *http.Request) (*http.Request, error) {
		return nil, &llm.RefusedError{
			StatusCode: http.StatusTooManyRequests, Code: "daily_limit", Message: "You have asked 20 questions today.", RetryAfter: 6 * time.Hour,
		}
	}}
	w := httptest.NewRecorder()
	relay.ServeHTTP(w, httptest.NewRequest("POST", "/chat", strings.NewReader("question")))
	fmt.Println(w.Code, w.Header().Get("Retry-After"), w.Body)
	// Output: 429 21600 {"type":"error","error":{"message":"You have asked 20 questions today.","type":"invalid_request_error","param":null,"code":"daily_limit"}}
}

// A program may say more than the relay does. The texts of the server stay out.
func ExampleRelay_error() {
	relay := &llm.Relay{
		Request: func(ctx context.Context, r *http.Request) (*http.Request, error) {
			return http.NewRequestWithContext(ctx, http.MethodPost, "http://localhost:1/v1/chat/completions", r.Body)
		},
		Error: func(r *http.Request, err error) *llm.RefusedError {
			if told := (*llm.APIError)(nil); errors.As(err, &told) {
				return nil // as usual
			}
			return &llm.RefusedError{StatusCode: http.StatusServiceUnavailable, Code: "closed", Message: "The model is being moved.", RetryAfter: time.Minute}
		},
	}
	w := httptest.NewRecorder()
	relay.ServeHTTP(w, httptest.NewRequest("POST", "/chat", strings.NewReader("question")))
	fmt.Println(w.Code, w.Header().Get("Retry-After"), w.Body)
	// Output: 503 60 {"type":"error","error":{"message":"The model is being moved.","type":"server_error","param":null,"code":"closed"}}
}
