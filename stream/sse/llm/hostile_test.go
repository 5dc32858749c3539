package llm_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/sse"
	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

// repeated reads a text n times, without holding it.
func repeated(s string, n int) io.Reader { return &repeater{s: s, left: n} }

type repeater struct {
	s    string
	at   int
	left int
}

func (r *repeater) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if r.left == 0 {
			return n, io.EOF
		}
		c := copy(p[n:], r.s[r.at:])
		n += c
		if r.at += c; r.at == len(r.s) {
			r.at = 0
			r.left--
		}
	}
	return n, nil
}

// numbered is a text for each number.
func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func TestHostileStreams(t *testing.T) {
	testkit.SkipWithRace(t, "ten times as slow, and one goroutine reads")
	const large = 17 << 20
	begun := `data: {"choices":[{"index":0,"delta":{"content":"a"}}]}` + "\n\n"
	for _, tt := range []struct {
		name   string
		stream io.Reader
		fails  string // a part of the error
		is     error  // nil: any
	}{
		{"an endless line", io.MultiReader(strings.NewReader("data: "), repeated("a", large)), "too large", sse.ErrEventTooLarge},
		{"an endless field of llama.cpp", io.MultiReader(strings.NewReader("error: "), repeated("a", large)), "too large", sse.ErrEventTooLarge},
		{"an endless name", io.MultiReader(strings.NewReader("event: "), repeated("a", large)), "too large", sse.ErrEventTooLarge},
		{"an endless value", io.MultiReader(strings.NewReader(`{"response":"`), repeated("a", large)), "too large", sse.ErrEventTooLarge},
		{"an endless space", repeated(" \n", large), "truncated", llm.ErrTruncated},
		{"an endless comment", io.MultiReader(strings.NewReader(":"), repeated("a", large)), "truncated", llm.ErrTruncated},
		{"endless arguments", io.MultiReader(strings.NewReader(begun), repeated(`data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"`+strings.Repeat("a", 1<<20)+`"}}]}}]}`+"\n\n", 17)), "too large", sse.ErrEventTooLarge},
		{"a name for each call", io.MultiReader(strings.NewReader(begun), repeated(`data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"name":"`+strings.Repeat("a", 1<<20)+`"}}]}}]}`+"\n\n", 17)), "too large", sse.ErrEventTooLarge},
		{"thousands of tool calls", strings.NewReader(numbered(`data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":%d,"function":{"name":"f"}}]}}]}`+"\n\n", 2000)), "1024 tool calls", nil},
		{"thousands of ids of tool calls", strings.NewReader(numbered(`data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"%d"}]}}]}`+"\n\n", 2000)), "1024 tool calls", nil},
		{"thousands of choices", strings.NewReader(numbered(`data: {"choices":[{"index":%d,"delta":{"content":"a"}}]}`+"\n\n", 2000)), "128 choices", nil},
		{"thousands of open blocks", strings.NewReader(numbered("event: content_block_start\n"+`data: {"type":"content_block_start","index":%d,"content_block":{"type":"tool_use"}}`+"\n\n", 2000)), "1024 tool calls", nil},
		{"thousands of open items", strings.NewReader(numbered(`data: {"type":"response.output_item.added","output_index":%d,"item":{"type":"function_call"}}`+"\n\n", 2000)), "1024 tool calls", nil},
		{"deep JSON", io.MultiReader(strings.NewReader(`data: {"choices":`), repeated("[", 1<<20), strings.NewReader("\n\n")), "cannot be read", nil},
		{"deep JSON in an unknown field", io.MultiReader(strings.NewReader(`data: {"choices":[],"x":`), repeated(`{"a":`, 1<<20), strings.NewReader("\n\n")), "cannot be read", nil},
		{"deep lines of JSON", repeated(`{"a":`, 1<<20), "", nil},
		{"a deep list", repeated(`[`, 1<<20), "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var err error
			for _, e := range llm.Deltas(tt.stream) {
				err = e
			}
			if err == nil || !strings.Contains(err.Error(), tt.fails) || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("error %.200v, want %s", err, tt.fails)
			}
		})
	}
}

// An event may have many parts. Their cost must not grow with their square.
func TestHostileEventsCostWhatTheyHold(t *testing.T) {
	testkit.SkipWithRace(t, "ten times as slow, and one goroutine reads")
	const n = 100_000
	call := `{"index":0,"function":{"arguments":"a"}}`
	for _, tt := range []struct{ name, event string }{
		{"parts of content", `{"choices":[{"index":0,"delta":{"content":[` + strings.Repeat(`{"type":"text","text":"a"},`, n) + `""]}}]}`},
		{"parts of a thought", `{"choices":[{"index":0,"delta":{"content":[{"type":"thinking","thinking":[` + strings.Repeat(`{"text":"a"},`, n) + `{}]}]}}]}`},
		{"deltas of one choice", `{"choices":[` + strings.Repeat(`{"index":0,"delta":{"content":"a"}},`, n) + `{"index":0}]}`},
		{"pieces of one call", `{"choices":[{"index":0,"delta":{"tool_calls":[` + strings.Repeat(call+",", n) + call + `]},"finish_reason":"stop"}]}`},
		{"halves", `{"choices":[` + strings.Repeat(`{"index":0,"delta":{"content":"\ud83d"}},`, n) + `{"index":0}]}`},
		{"slashes before a half", `{"choices":[{"index":0,"delta":{"content":"` + strings.Repeat(`\\`, n) + `\ud83d"}}]}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for _, err := range llm.Deltas(strings.NewReader("data: " + tt.event + "\n\ndata: [DONE]\n\n")) {
				if err != nil && !strings.Contains(err.Error(), "cannot be read") {
					t.Error(err)
				}
			}
			runtime.ReadMemStats(&after)
			if took, limit := after.TotalAlloc-before.TotalAlloc, uint64(len(tt.event)*100); took > limit {
				t.Errorf("%d bytes for an event of %d, want at most %d", took, len(tt.event), limit)
			}
		})
	}
}

// Values of any type may stand anywhere. Each is an answer or an error, and never
// a panic.
func TestHostileValues(t *testing.T) {
	values := []string{`null`, `true`, `0`, `-1`, `1.5`, `1e99`, `"NaN"`, `"x"`, `"1"`, `""`, `[]`, `[null]`, `[[]]`, `{}`, `{"a":1}`, `"\ud83d"`, `[{"text":1}]`, `[{"type":{},"text":"a"}]`}
	for _, form := range []string{
		`{"choices":%s}`, `{"choices":[%s]}`, `{"choices":[{"index":%s,"delta":{"content":"a"}}]}`, `{"choices":[{"delta":%s}]}`,
		`{"choices":[{"delta":{"content":%s}}]}`, `{"choices":[{"delta":{"reasoning":%s}}]}`, `{"choices":[{"delta":{"reasoning_content":%s,"reasoning":"a"}}]}`,
		`{"choices":[{"delta":{"refusal":%s}}]}`, `{"choices":[{"delta":{"tool_calls":%s}}]}`, `{"choices":[{"delta":{"tool_calls":[%s]}}]}`,
		`{"choices":[{"delta":{"tool_calls":[{"index":%s,"id":"1"}]}}]}`, `{"choices":[{"delta":{"tool_calls":[{"id":%s}]}}]}`,
		`{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":%s}}]}}]}`, `{"choices":[{"delta":{"function_call":%s}}]}`,
		`{"choices":[{"delta":{},"finish_reason":%s}]}`, `{"choices":[],"usage":%s}`, `{"choices":[],"usage":{"prompt_tokens":%s}}`,
		`{"error":%s}`, `{"error":{"message":%s,"code":%[1]s,"type":%[1]s}}`, `{"id":%s,"choices":[{"delta":{"content":"a"}}]}`, `{"x_groq":%s,"choices":[]}`, `%s`,
		`{"type":"response.created","response":%s}`, `{"type":"response.output_text.delta","delta":%s}`, `{"type":"response.output_item.added","output_index":%s,"item":{"type":"function_call"}}`,
		`{"type":"response.output_item.done","item":{"type":"function_call","arguments":%s}}`, `{"type":"response.completed","response":{"usage":%s}}`,
		`{"type":"response.incomplete","response":{"incomplete_details":%s}}`, `{"type":"response.failed","response":{"error":%s}}`, `{"type":"response.failed"}%.0s`, `{"type":"response.completed"}%.0s`,
		`{"type":"message_start","message":%s}`, `{"type":"content_block_start","content_block":%s}`, `{"type":"content_block_start","index":%s,"content_block":{"type":"tool_use"}}`,
		`{"type":"content_block_start","content_block":{"type":"tool_use","input":%s}}`, `{"type":"content_block_delta","delta":{"text":%s}}`, `{"type":"message_delta","delta":{"stop_reason":%s},"usage":{}}`,
		`{"type":"message_delta","usage":%s}`, `{"type":"error","error":%s}`, `{"type":%s}`, `{"candidates":%s}`,
	} {
		for _, value := range values {
			event := fmt.Sprintf(form, value)
			for _, name := range []string{"", "event: error\n"} {
				check(t, []byte(name+"data: "+event+"\n\n"))
				check(t, []byte(name+"data: "+event+"\n\ndata: [DONE]\n\n"))
			}
		}
	}
	for _, form := range []string{`{"message":%s,"done":true}`, `{"message":{"content":%s},"done":true}`, `{"message":{"tool_calls":%s},"done":true}`, `{"message":{"tool_calls":[{"function":{"arguments":%s}}]},"done":true}`,
		`{"response":%s,"done":true}`, `{"response":"a","done":%s}`, `{"done":true,"done_reason":%s}`, `{"done":true,"eval_count":%s}`, `{"error":%s}`, `[{"error":%s}]`, `[%s]`, `{"choices":%s}`} {
		for _, value := range values {
			check(t, []byte(fmt.Sprintf(form, value)))
		}
	}
}

func TestRelayDoesNotWaitForSlowBodies(t *testing.T) {
	testkit.WatchLog(t)
	for _, tt := range []struct {
		name, kind, encoding string
		parts                []any
		status               int
	}{
		{"a value that does not end", "application/json", "", []any{`{"choices":[`, time.Hour}, 504},
		{"spaces that do not end", "", "", []any{" ", 40 * time.Second, " ", time.Hour}, 504},
		{"a compression that does not begin", "text/event-stream", "gzip", []any{"\x1f\x8b", time.Hour}, 504},
		{"half of a field of llama.cpp", "text/event-stream", "", []any{"erro", time.Hour}, 504},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				w := askRelay(t, llm.Relay{Idle: time.Minute}, func(r *http.Request) (*http.Response, error) {
					resp, err := typed(tt.kind, tt.parts...)(r)
					resp.Header.Set("Content-Encoding", tt.encoding)
					return resp, err
				})
				if took := time.Since(start); w.Code != tt.status || took > 2*time.Minute {
					t.Errorf("status %d after %v, want %d", w.Code, took, tt.status)
				}
			})
		})
	}
}
