package llm_test

import (
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

const (
	firstChunk  = `data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"abc"}` + "\n\n"
	helloChunk  = `data: {"choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}],"usage":null}` + "\n\n"
	thereChunk  = `data: {"choices":[{"index":0,"delta":{"content":" the\nre"}}]}` + "\n\n"
	finishChunk = `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\n"
	usageChunk  = `data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}` + "\n\n"
	doneEvent   = "data: [DONE]\n\n"
)

func TestText(t *testing.T) {
	broken := errors.New("broken")
	tests := []struct {
		name   string
		stream string
		want   []string
		err    error
	}{
		{"are the content of the deltas", firstChunk + helloChunk + thereChunk + finishChunk + doneEvent, []string{"Hello", " the\nre"}, nil},
		{"are the text of the older form", `data: {"object":"text_completion","choices":[{"text":"Hel","index":0,"logprobs":null,"finish_reason":null}]}` + "\n\n" +
			`data: {"choices":[{"text":"lo","index":0,"finish_reason":"stop"}]}` + "\n\n" + doneEvent, []string{"Hel", "lo"}, nil},
		{"are those of the first choice", `data: {"choices":[{"index":1,"delta":{"content":"B"}},{"index":0,"delta":{"content":"A"}}]}` + "\n\n" + doneEvent, []string{"A"}, nil},
		{"come beside usage, empty choices, none, comments and blank data", ": OPENROUTER PROCESSING\n\n" + usageChunk + `data: {"prompt_filter_results":[]}` + "\n\n" + "data:\n\ndata: null\n\n" + helloChunk + `data: {"choices":null,"error":null}` + "\n\n" + usageChunk + doneEvent, []string{"Hello"}, nil},
		{"leave out tool calls, and have the refusals", `data: {"choices":[{"index":0,"delta":{"content":null,"tool_calls":[{"index":0,"function":{"arguments":"{"}}]}}]}` + "\n\n" + `data: {"choices":[{"index":0,"delta":{"refusal":"no"},"finish_reason":"tool_calls"}]}` + "\n\n" + doneEvent, []string{"no"}, nil},
		{"come in several lines, too", "event: chunk\ndata: {\"choices\":\ndata: [{\"index\":0,\"delta\":{\"content\":\"Hello\"}}]}\n\n" + doneEvent, []string{"Hello"}, nil},
		{"end without [DONE] when there was a reason", helloChunk + finishChunk + usageChunk, []string{"Hello"}, nil},
		{"that end without either are truncated", helloChunk, []string{"Hello"}, llm.ErrTruncated},
		{"that end within [DONE] are truncated", helloChunk + "data: [DONE]", []string{"Hello"}, llm.ErrTruncated},
		{"of another choice's end are truncated", helloChunk + `data: {"choices":[{"index":1,"delta":{},"finish_reason":"stop"}]}` + "\n\n", []string{"Hello"}, llm.ErrTruncated},
		{"that never come are truncated", "", nil, llm.ErrTruncated},
		{"end at [DONE]", helloChunk + doneEvent + helloChunk, []string{"Hello"}, nil},
		{"that are nothing are truncated", doneEvent, nil, llm.ErrTruncated},
		{"end with an error at a limit", helloChunk + `data: {"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}` + "\n\n" + usageChunk + doneEvent, []string{"Hello"}, llm.ErrLength},
		{"end with an error of a filter", helloChunk + `data: {"choices":[{"index":0,"delta":{},"finish_reason":"content_filter"}]}` + "\n\n" + doneEvent, []string{"Hello"}, llm.ErrContentFilter},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(tt.stream), iotest.OneByteReader(strings.NewReader(tt.stream))} {
				if got, err := texts(r); !reflect.DeepEqual(got, tt.want) || !errors.Is(err, tt.err) || err != nil && tt.err == nil {
					t.Errorf("got %q, %v, want %q, %v", got, err, tt.want, tt.err)
				}
			}
		})
	}
	t.Run("that are cut by an error are truncated by it", func(t *testing.T) {
		got, err := texts(io.MultiReader(strings.NewReader(helloChunk), iotest.ErrReader(broken)))
		if len(got) != 1 || !errors.Is(err, llm.ErrTruncated) || !errors.Is(err, broken) {
			t.Errorf("got %q, %v, want both %v and %v", got, err, llm.ErrTruncated, broken)
		}
	})
	t.Run("do not wait for the end of the stream", func(t *testing.T) {
		got, err := texts(io.MultiReader(strings.NewReader(helloChunk+doneEvent), iotest.ErrReader(broken)))
		if len(got) != 1 || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
	})
	t.Run("can be left early", func(t *testing.T) {
		for token := range llm.Text(strings.NewReader(helloChunk + helloChunk)) {
			if token != "Hello" {
				t.Errorf("got %q", token)
			}
			break
		}
	})
	for _, wrong := range []string{"[DONE] ", "[DONE]x", "[done]", "{", "[1]"} {
		t.Run("are not "+wrong, func(t *testing.T) {
			if got, err := texts(strings.NewReader("data: " + wrong + "\n\n")); err == nil || errors.Is(err, llm.ErrTruncated) {
				t.Errorf("got %q, %v, want an error of its own", got, err)
			}
		})
	}
}

func TestTextOfAnUnfinishedAnswer(t *testing.T) {
	chat := func(reason string) string {
		return `data: {"choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":"` + reason + `"}]}` + "\n\n" + doneEvent
	}
	for _, tt := range []struct {
		name, stream string
		want         error
	}{
		{"a limit", chat("length"), llm.ErrLength},
		{"a filter", chat("content_filter"), llm.ErrContentFilter},
		{"a filter of Gemini", chat("SPII"), llm.ErrContentFilter},
		{"a call that Gemini could not write", chat("function_call_filter: MALFORMED_FUNCTION_CALL"), llm.ErrTruncated},
		{"a turn that is paused", `data: {"type":"message_delta","delta":{"stop_reason":"pause_turn"}}` + "\n\n" + `data: {"type":"message_stop"}` + "\n\n", llm.ErrTruncated},
		{"an incomplete response", `data: {"type":"response.incomplete","response":{"incomplete_details":{"reason":"max_tool_calls"}}}` + "\n\n", llm.ErrTruncated},
		{"a stop that a gateway adds", strings.TrimSuffix(chat("length"), doneEvent) + chat("stop"), llm.ErrLength},
		{"a stop with each chunk", strings.TrimSuffix(chat("stop"), doneEvent) + chat("length"), llm.ErrLength},
		{"an unknown reason", chat("eos_token_id"), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := texts(strings.NewReader(tt.stream)); !errors.Is(err, tt.want) {
				t.Errorf("err = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestAPIError(t *testing.T) {
	for _, tt := range []struct {
		name, event string
		want        llm.APIError
	}{
		{"an object in the data", `data: {"error":{"message":"no more","type":"server_error","code":"overloaded","param":null}}`, llm.APIError{StatusCode: 500, Type: "server_error", Code: "overloaded", Message: "no more"}},
		{"an event of that name", "event: error\n" + `data: {"message":"no more","type":"server_error","code":null}`, llm.APIError{StatusCode: 500, Type: "server_error", Message: "no more"}},
		{"both", "event: error\n" + `data: {"error":{"message":"no more"}}`, llm.APIError{Message: "no more"}},
		{"a numeric code beside empty choices", `data: {"choices":[],"error":{"message":"no more","code":429}}`, llm.APIError{StatusCode: 429, Code: "429", Message: "no more"}},
		{"text", `data: {"error":"no more"}`, llm.APIError{Message: "no more"}},
		{"an event of text", "event: error\ndata: no more", llm.APIError{Message: "no more"}},
		{"an event of nothing", "event: error\ndata:", llm.APIError{}},
		{"an object of that kind", `data: {"object":"error","message":"no more","type":"BadRequest","code":400}`, llm.APIError{StatusCode: 400, Type: "BadRequest", Code: "400", Message: "no more"}},
		{"of that type", `data: {"type":"error","message":"no more"}`, llm.APIError{Message: "no more", Type: "error"}},
		{"in a choice", `data: {"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error","error":{"message":"no more","code":502}}]}`, llm.APIError{StatusCode: 502, Code: "502", Message: "no more"}},
		{"a reason to finish", `data: {"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}`, llm.APIError{Code: "error", Message: "the server has ended the answer"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := texts(strings.NewReader(helloChunk + tt.event + "\n\n" + doneEvent))
			var told *llm.APIError
			if !errors.As(err, &told) || *told != tt.want || len(got) != 1 {
				t.Errorf("got %q, %#v, want %#v after a token", got, err, tt.want)
			}
		})
	}
}

func texts(r io.Reader) (got []string, err error) {
	for token, err := range llm.Text(r) {
		if err != nil {
			return got, err
		}
		got = append(got, token)
	}
	return got, nil
}
