// LLM_URL=http://localhost:11434/v1/chat/completions LLM_MODEL=qwen3 go -C examples run ./answer

// Command answer is a chat with a language model: an answer that grows in the
// page, one that a script fetches and can stop, and a question that needs a tool.
// It asks the server that LLM_URL names, which speaks chat completions, such as
// Ollama.
package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/sse"
	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

//go:embed chat.js
var script []byte

func main() {
	m := &model{url: os.Getenv("LLM_URL"), name: os.Getenv("LLM_MODEL"), key: os.Getenv("LLM_KEY")}
	if m.url == "" || m.name == "" {
		log.Fatal("set LLM_URL and LLM_MODEL, and LLM_KEY if the server needs a key")
	}
	fmt.Println("http://127.0.0.1:8080/ and http://127.0.0.1:8080/chat")
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", routes(m)))
}

func routes(m *model) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/{$}", page(Page, m.answer))
	mux.Handle("/tools", page(Page, m.withTools))
	mux.Handle("/chat", page(Chat, m.answer))
	mux.HandleFunc("GET /chat.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = w.Write(script)
	})
	mux.Handle("POST /ask", &llm.Relay{
		Request: m.question,
		Error:   told,
		MaxBody: 8 << 10,
		Idle:    30 * time.Second,
	})
	mux.Handle("/widget", widget(m))

	own := http.NewCrossOriginProtection()
	own.AddInsecureBypassPattern("/widget") // which has a check of its own
	return own.Handler(mux)
}

// scriptless sends pages in order to browsers that run no script and do not patch
// by themselves. The form leads them on, so that it is set when the question comes.
var scriptless stream.Scriptless

// page shows the form and, once it was sent, the answer.
func page(view func(answerer, string) templ.Component, answer answerer) http.Handler {
	rd := stream.Renderer{Mode: scriptless.Mode}
	return rd.Handler(func(_ http.ResponseWriter, r *http.Request) (templ.Component, error) {
		return view(answer, strings.TrimSpace(r.PostFormValue("question"))), nil
	})
}

// question makes the request to the model from the request of the script. The
// script sends a question and nothing else: the program chooses the model and the
// limits.
func (m *model) question(ctx context.Context, r *http.Request) (*http.Request, error) {
	var asked struct{ Question string }
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.Question == "" {
		return nil, &llm.RefusedError{StatusCode: http.StatusBadRequest, Code: "no_question", Message: "Ask something."}
	}
	return m.request(ctx, []message{{Role: "user", Content: asked.Question}}, nil)
}

// told says more about one error than the relay does.
func told(_ *http.Request, err error) *llm.RefusedError {
	if status(err) == http.StatusTooManyRequests {
		return &llm.RefusedError{StatusCode: http.StatusTooManyRequests, Code: "busy", Message: "Many people are asking. Try again in a minute.", RetryAfter: time.Minute}
	}
	return nil
}

// widget is the relay for the pages of another origin.
func widget(m *model) http.Handler {
	cors := &sse.CORS{Origins: []string{"https://www.shop.example"}}
	return cors.Handler(&llm.Relay{Request: m.question})
}
