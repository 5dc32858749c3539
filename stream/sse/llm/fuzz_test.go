package llm_test

import (
	"bytes"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

// fuzz fuzzes a reader, with what the servers send whose names begin so.
func fuzz(f *testing.F, names ...string) {
	for _, s := range servers(f) {
		for _, name := range names {
			if strings.HasPrefix(s.name, name) {
				f.Add([]byte(s.stream))
			}
		}
	}
	f.Fuzz(check)
}

func FuzzChat(f *testing.F) {
	fuzz(f, "openai-ch", "openai-completions", "azure", "mistral", "gemini", "groq", "openrouter", "deepseek", "vllm", "llamacpp", "ollama-openai", "lmstudio", "litellm", "halves")
}

func FuzzResponses(f *testing.F) { fuzz(f, "openai-responses") }
func FuzzMessages(f *testing.F)  { fuzz(f, "anthropic") }
func FuzzOllama(f *testing.F)    { fuzz(f, "ollama-chat", "ollama-generate", "ollama-error") }

// check checks what must hold for any stream.
func check(t *testing.T, stream []byte) {
	var text strings.Builder
	ends := false // with an answer that is whole
	reason := ""
	deltas, err := read(bytes.NewReader(stream))
	again, same := read(iotest.OneByteReader(bytes.NewReader(stream)))
	if again != deltas || (err == nil) != (same == nil) || err != nil && err.Error() != same.Error() {
		t.Fatalf("byte by byte, Deltas yields\n%s%v\nwant\n%s%v", again, same, deltas, err)
	}
	for d, err := range llm.Deltas(bytes.NewReader(stream)) {
		ends = err == nil
		for _, s := range []string{d.Content, d.Reasoning, d.Refusal} {
			if !utf8.ValidString(s) {
				t.Errorf("the text %q is no UTF-8", s)
			}
		}
		for _, c := range d.ToolCalls {
			if !utf8.ValidString(c.Arguments) || c.Arguments == "" {
				t.Errorf("the arguments %q", c.Arguments)
			}
		}
		if d.Choice == 0 && err == nil {
			text.WriteString(d.Content + d.Refusal)
			if d.FinishReason != "" {
				reason = d.FinishReason
			}
		}
	}
	got := ""
	var textErr error
	for s, err := range llm.Text(bytes.NewReader(stream)) {
		got += s
		textErr = err
	}
	unfinished := err == nil && llm.Unfinished(reason) != nil
	if got != text.String() || (textErr != nil) != (err != nil || unfinished) {
		t.Errorf("Text yields %q, %v, want %q, %v", got, textErr, text.String(), err)
	}

	w := httptest.NewRecorder()
	rl := llm.Relay{HTTP: newSite(whole("text/event-stream", stream)).Client(), Request: toModel}
	rl.ServeHTTP(w, httptest.NewRequest("POST", "/", strings.NewReader("question")))
	sent := w.Body.String()
	failed := w.Code != 200 || strings.Contains(sent, `{"type":"error","error":{"message":"`)
	if isJSON := bytes.HasPrefix(bytes.TrimLeft(stream, " \t\r\n"), []byte("{")); !isJSON && ends && failed != (err != nil) && err == nil {
		t.Errorf("Deltas yields a whole answer, Relay sends %d\n%s", w.Code, sent)
	}
	for line := range strings.Lines(sent) {
		if line = strings.TrimSuffix(line, "\n"); line != "" && w.Code == 200 && !strings.HasPrefix(line, "data: ") && !strings.HasPrefix(line, "event: ") {
			t.Errorf("Relay sends the line %q", line)
		}
	}
}

// FuzzErrorField compares the reader of llama.cpp's errors with a simple one.
func FuzzErrorField(f *testing.F) {
	for _, s := range []string{"error: {}\n\n", "data: error:\r\nerror:1\rerror", "error\nerrors:\n\n\nerror:", "erro\n\rerror: x"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		want := strings.ReplaceAll("\n"+strings.NewReplacer("\r", "\n\x00").Replace(string(stream)), "\nerror:", "\nevent: error\ndata:")
		want = strings.ReplaceAll(want, "\n\x00error:", "\n\x00event: error\ndata:")
		want = strings.ReplaceAll(want[1:], "\n\x00", "\r")
		if bytes.IndexByte(stream, 0) >= 0 {
			return
		}
		for _, r := range []io.Reader{bytes.NewReader(stream), iotest.OneByteReader(bytes.NewReader(stream)), iotest.HalfReader(bytes.NewReader(stream)), iotest.DataErrReader(bytes.NewReader(stream))} {
			got, err := io.ReadAll(llm.ErrorFields(r))
			if err != nil || string(got) != want {
				t.Fatalf("read %q, %v, want %q", got, err, want)
			}
		}
	})
}
