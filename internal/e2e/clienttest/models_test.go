package clienttest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/internal/e2e/clienttest"
)

// An api is an API of models, with the npm package that speaks it.
type api struct {
	name, script, api string
	path              string
	text              func(string) string // the event of a piece of text
	begin, end        string              // the events around the text; 7 tokens are used
	failed            string              // the event of an error
}

func named(name, data string) string { return "event: " + name + "\ndata: " + data + "\n\n" }

func quoted(s string) string {
	text, _ := json.Marshal(s)
	return string(text)
}

const response = `{"id":"resp_1","object":"response","created_at":1,"status":"%s","error":null,"incomplete_details":null,"instructions":"` + secret + `","model":"small","output":%s,"tools":[],"usage":%s}`

// The Responses API repeats the whole text at the end.
var (
	all     = quoted(strings.Join(words, ""))
	message = `{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":` + all + `,"annotations":[]}]}`
)

var apis = []api{
	{
		name: "openai, chats", script: "openai.mjs", path: "/chat/completions",
		text:   func(s string) string { return "data: " + delta(s, "") + "\n\n" },
		end:    "data: " + delta("", "stop") + "\n\ndata: " + usage + "\n\ndata: [DONE]\n\n",
		failed: `data: {"error":{"message":"` + secret + `","type":"server_error","code":"overloaded"}}` + "\n\n",
	},
	{
		name: "openai, responses", script: "openai.mjs", api: "responses", path: "/responses",
		begin: named("response.created", `{"type":"response.created","sequence_number":0,"response":`+fmt.Sprintf(response, "in_progress", "[]", "null")+`}`) +
			named("response.output_item.added", `{"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"id":"msg_1","type":"message","status":"in_progress","role":"assistant","content":[]}}`) +
			named("response.content_part.added", `{"type":"response.content_part.added","sequence_number":2,"item_id":"msg_1","output_index":0,"content_index":0,"part":{"type":"output_text","text":"","annotations":[]}}`),
		text: func(s string) string {
			return named("response.output_text.delta", `{"type":"response.output_text.delta","sequence_number":3,"item_id":"msg_1","output_index":0,"content_index":0,"delta":`+quoted(s)+`}`)
		},
		end: named("response.output_text.done", `{"type":"response.output_text.done","sequence_number":4,"item_id":"msg_1","output_index":0,"content_index":0,"text":`+all+`}`) +
			named("response.content_part.done", `{"type":"response.content_part.done","sequence_number":5,"item_id":"msg_1","output_index":0,"content_index":0,"part":{"type":"output_text","text":`+all+`,"annotations":[]}}`) +
			named("response.output_item.done", `{"type":"response.output_item.done","sequence_number":6,"output_index":0,"item":`+message+`}`) +
			named("response.completed", `{"type":"response.completed","sequence_number":7,"response":`+
				fmt.Sprintf(response, "completed", "["+message+"]", `{"input_tokens":3,"output_tokens":4,"total_tokens":7}`)+`}`),
		failed: named("error", `{"type":"error","sequence_number":4,"code":"server_error","message":"`+secret+`","param":null}`),
	},
	{
		name: "anthropic", script: "anthropic.mjs", path: "/v1/messages",
		begin: named("message_start", `{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":"small","stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":1}}}`) +
			named("content_block_start", `{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}`) + named("ping", `{"type":"ping"}`),
		text: func(s string) string {
			return named("content_block_delta", `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":`+quoted(s)+`}}`)
		},
		end: named("content_block_stop", `{"type":"content_block_stop","index":0}`) +
			named("message_delta", `{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":4}}`) +
			named("message_stop", `{"type":"message_stop"}`),
		failed: named("error", `{"type":"error","error":{"type":"overloaded_error","message":"`+secret+`"}}`),
	},
}

// answer is an upstream that sends these events.
func (a api) answer(events ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for _, e := range events {
			_, _ = io.WriteString(w, e)
			_ = http.NewResponseController(w).Flush()
		}
	})
}

// refusal is an upstream that answers with a status.
func refusal(status int, body string, header ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

// ask runs the client against a relay before an upstream, and counts the requests
// to the upstream.
func (a api) ask(t *testing.T, upstream http.Handler) (*clienttest.Client, *atomic.Int32) {
	var asked atomic.Int32
	url := relay(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		body, _ := io.ReadAll(r.Body)
		if r.URL.Path != a.path || !strings.Contains(string(body), "question") {
			t.Errorf("the upstream was asked %s %s, want %s", r.URL.Path, body, a.path)
		}
		upstream.ServeHTTP(w, r)
	}))
	return clienttest.Run(t, a.script, clienttest.Options{URL: url, Body: "question", API: a.api, Defaults: true}), &asked
}

// The packages are left as they come, with their retries.
func TestClientsOfModels(t *testing.T) {
	for _, a := range apis {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel() // each waits for the time that a 429 says
			var pieces []string
			for _, w := range words {
				pieces = append(pieces, a.text(w))
			}
			begun := slices.Concat([]string{a.begin}, pieces)
			t.Run("reads the whole answer", func(t *testing.T) {
				c, asked := a.ask(t, a.answer(append(slices.Clone(begun), a.end)...))
				c.Wait("done", 1)
				if got := c.Texts(); !slices.Equal(got, words) || asked.Load() != 1 {
					t.Errorf("read %q after %d requests, want %q after one", got, asked.Load(), words)
				}
				if got := c.Wait("usage", 1).Text; got != "7" {
					t.Errorf("read that %s tokens were used, want 7", got)
				}
			})
			for _, tt := range []struct{ name, last, code string }{
				{"that fails", a.failed, "upstream_error"},
				{"that is cut off", "", "upstream_truncated"},
			} {
				t.Run("gets an error for an answer "+tt.name, func(t *testing.T) {
					c, asked := a.ask(t, a.answer(append(slices.Clone(begun), tt.last)...))
					r := c.Wait("error", 1)
					if r.Code != tt.code || strings.Contains(r.Text, secret) || asked.Load() != 1 {
						t.Errorf("error = %+v after %d requests, want code %s after one", r, asked.Load(), tt.code)
					}
					if got := c.Texts(); !slices.Equal(got, words) {
						t.Errorf("read %q, want %q", got, words)
					}
				})
			}
			t.Run("asks once where the upstream refuses or answers otherwise", func(t *testing.T) {
				refusals := []struct {
					name     string
					upstream http.Handler
					status   int
					code     string
				}{
					{"400", refusal(400, `{"error":{"message":"`+secret+`"}}`), 400, "invalid_request"},
					{"401", refusal(401, `{"error":{"message":"`+secret+`"}}`), 502, "upstream_error"},
					{"403", refusal(403, ``), 502, "upstream_error"},
					{"404", refusal(404, ``), 502, "upstream_error"},
					{"422", refusal(422, ``), 422, "invalid_request"},
					{"429 for an empty account", refusal(429, `{"error":{"code":"insufficient_quota"}}`), 502, "upstream_error"},
					{"whole answer", refusal(200, `{"choices":[{"message":{"content":"`+secret+`"}}]}`), 502, "upstream_error"},
					{"page", refusal(200, `<html>`), 502, "upstream_error"},
				}
				var at atomic.Int32
				c, asked := a.ask(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					refusals[at.Load()].upstream.ServeHTTP(w, r)
				}))
				for i, tt := range refusals {
					if i > 0 {
						at.Store(int32(i))
						c.Order("again")
					}
					r, n := c.Wait("error", i+1), int(asked.Load())-i
					if r.Status != tt.status || r.Code != tt.code || strings.Contains(r.Text, secret) || n != 1 {
						t.Fatalf("%s: error = %+v after %d requests, want status %d and code %s after one", tt.name, r, n, tt.status, tt.code)
					}
				}
			})
			t.Run("comes back when a 429 says so", func(t *testing.T) {
				var first atomic.Int64
				c, asked := a.ask(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if first.CompareAndSwap(0, time.Now().UnixNano()) {
						refusal(429, ``, "Retry-After", "2").ServeHTTP(w, r)
						return
					}
					if waited := time.Since(time.Unix(0, first.Load())); waited < 1900*time.Millisecond {
						t.Errorf("it came back after %v, want 2s", waited)
					}
					a.answer(append(slices.Clone(begun), a.end)...).ServeHTTP(w, r)
				}))
				c.Wait("done", 1)
				if asked.Load() != 2 {
					t.Errorf("%d requests, want 2", asked.Load())
				}
			})
			t.Run("stops the upstream when it aborts", func(t *testing.T) {
				left := make(chan struct{})
				c, _ := a.ask(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					a.answer(begun...).ServeHTTP(w, r)
					<-r.Context().Done()
					close(left)
				}))
				c.Wait("text", len(words))
				c.Order("close")
				await(t, left)
			})
		})
	}
}
