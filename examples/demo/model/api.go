package model

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// PaceHeader is the name of a request header with the number of words a second
// that the model may write. Without it, the model writes as fast as it can. A
// visitor can slow the model down to watch it. Other servers ignore the header.
const PaceHeader = "X-Words-Per-Second"

// Handler answers POST requests as
// https://platform.openai.com/docs/api-reference/chat specifies, as far as this
// model supports it. The last message is the prompt, and the answer is streamed.
func (m *Model) Handler() http.Handler { return http.HandlerFunc(m.serve) }

type request struct {
	Model       string
	Stream      bool
	Messages    []struct{ Role, Content string }
	Temperature *float64 // nil: 1
	Seed        *uint64  // nil: a random one each time
	MaxTokens   int      `json:"max_tokens"` // 0: no limit
}

// answer returns the model's answer to the last message.
func (q request) answer(m *Model) iter.Seq[string] {
	temperature, seed := 1.0, rand.Uint64()
	if q.Temperature != nil {
		temperature = *q.Temperature
	}
	if q.Seed != nil {
		seed = *q.Seed
	}
	prompt := q.Messages[len(q.Messages)-1].Content
	return m.Answer(prompt, temperature, rand.New(rand.NewPCG(seed, 0)))
}

func (m *Model) serve(w http.ResponseWriter, r *http.Request) {
	var q request
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&q); err != nil {
		refuse(w, "the request is not JSON, or too long")
		return
	}
	if len(q.Messages) == 0 || !q.Stream {
		refuse(w, `this model wants messages and "stream": true`)
		return
	}
	// The Stream sets Cache-Control and the other headers.
	s, err := sse.Options{Heartbeat: -1}.Open(w, r)
	if err != nil {
		return
	}
	defer s.Close()
	// An error means that the client has left, so it is not reported.
	_ = m.stream(s, q, pace(r))
}

// stream sends an answer word by word.
func (m *Model) stream(s *sse.Stream, q request, pace time.Duration) error {
	id := fmt.Sprintf("chatcmpl-%08x", rand.Uint32())
	send := func(delta, reason string) error {
		chunk := chunk{ID: id, Object: "chat.completion.chunk", Created: time.Now().Unix(), Model: q.Model}
		chunk.Choices = []choice{{Delta: content{delta}}}
		if reason != "" {
			chunk.Choices[0].FinishReason = &reason
		}
		data, err := json.Marshal(chunk)
		if err != nil {
			return err
		}
		return s.Send(sse.Event{Data: string(data)})
	}
	reason, n := "stop", 0
	for w := range q.answer(m) {
		if q.MaxTokens > 0 && n == q.MaxTokens {
			reason = "length"
			break
		}
		n++
		if err := wait(s.Context(), pace); err != nil {
			return err
		}
		if err := send(w, ""); err != nil {
			return err
		}
	}
	if err := send("", reason); err != nil {
		return err
	}
	return s.Send(sse.Event{Data: "[DONE]"})
}

type (
	chunk struct {
		ID      string   `json:"id"`
		Object  string   `json:"object"`
		Created int64    `json:"created"`
		Model   string   `json:"model"`
		Choices []choice `json:"choices"`
	}
	choice struct {
		Index        int     `json:"index"`
		Delta        content `json:"delta"`
		FinishReason *string `json:"finish_reason"`
	}
	content struct {
		Content string `json:"content,omitempty"`
	}
)

// pace returns the time between words that r asks for.
func pace(r *http.Request) time.Duration {
	perSecond, err := strconv.Atoi(r.Header.Get(PaceHeader))
	if err != nil || perSecond <= 0 {
		return 0
	}
	return time.Second / time.Duration(perSecond)
}

// wait slows the answer down, so that a visitor can watch it.
func wait(ctx context.Context, d time.Duration) error {
	if d > 0 {
		over, cancel := context.WithTimeout(ctx, d)
		defer cancel()
		<-over.Done()
	}
	return context.Cause(ctx)
}

// refuse answers with an error in the form of the API.
func refuse(w http.ResponseWriter, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{
		"message": message, "type": "invalid_request_error", "code": nil, "param": nil,
	}})
}
