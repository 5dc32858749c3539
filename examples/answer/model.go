package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"

	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

// A model is a server that speaks chat completions.
type model struct{ url, name, key string }

// An answerer yields the answer to a question. It stops when ctx ends.
type answerer func(ctx context.Context, question string) iter.Seq2[string, error]

// A message is one of a conversation.
type message struct {
	Role       string `json:"role"`
	Content    string `json:"content"`
	ToolCalls  []call `json:"tool_calls,omitempty"`
	ToolCallID string `json:"tool_call_id,omitempty"`
}

// request makes the request for the next message. It ends with ctx.
func (m *model) request(ctx context.Context, conversation []message, tools []any) (*http.Request, error) {
	body, err := json.Marshal(map[string]any{
		"model": m.name, "messages": conversation, "tools": tools, "stream": true, "max_tokens": 500,
	})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if m.key != "" {
		req.Header.Set("Authorization", "Bearer "+m.key)
	}
	return req, nil
}

// answer yields the answer to a question. The request to the server ends with ctx,
// and so when the visitor leaves.
func (m *model) answer(ctx context.Context, question string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		req, err := m.request(ctx, []message{{Role: "user", Content: question}}, nil)
		if err != nil {
			yield("", err)
			return
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			yield("", err)
			return
		}
		defer resp.Body.Close()
		if err := llm.Check(resp); err != nil {
			yield("", err)
			return
		}
		llm.Text(resp.Body)(yield)
	}
}

// status returns the status of an error of the server, 0 for any other error.
func status(err error) int {
	if told := (*llm.APIError)(nil); errors.As(err, &told) {
		return told.StatusCode
	}
	return 0
}
