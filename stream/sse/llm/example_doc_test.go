package llm_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

func askModel(ctx context.Context, server, question string) error {
	body, err := json.Marshal(map[string]any{
		"model": "small", "stream": true,
		"messages": []map[string]string{{"role": "user", "content": question}},
	})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, "POST", server+"/v1/chat/completions", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := llm.Check(resp); err != nil {
		return err
	}
	for text, err := range llm.Text(resp.Body) {
		if err != nil {
			return err
		}
		fmt.Print(text)
	}
	return nil
}

// A question to a server, and its answer while it is written.
func ExampleText_request() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, `data: {"choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":"stop"}]}`+"\n\ndata: [DONE]\n\n")
	}))
	defer server.Close()
	if err := askModel(context.Background(), server.URL, "Who is there?"); err != nil {
		fmt.Println(err)
	}
	// Output: Hello
}
