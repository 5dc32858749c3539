package llm_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

var update = flag.Bool("update", false, "write what comes out of the streams in testdata/servers, and the table")

// A server is what one server sends for one answer: a file of testdata/servers.
// testdata/servers.md is the table of them.
type server struct {
	name    string
	head    map[string][]string
	stream  string
	deltas  string // what Deltas yields
	relayed string // what Relay sends, with its status
}

func servers(t testing.TB) []*server {
	t.Helper()
	files, err := filepath.Glob("testdata/servers/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no servers: %v", err)
	}
	var all []*server
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s := &server{name: strings.TrimSuffix(filepath.Base(file), ".txt"), head: map[string][]string{}}
		head, rest, _ := strings.Cut(string(text), "-- stream --\n")
		s.stream, rest, _ = strings.Cut(rest, "-- deltas --\n")
		s.deltas, s.relayed, _ = strings.Cut(rest, "-- relayed --\n")
		for line := range strings.Lines(head) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			s.head[key] = append(s.head[key], value)
		}
		all = append(all, s)
	}
	return all
}

// file is the text of the file.
func (s *server) file() string {
	var b strings.Builder
	for _, key := range []string{"server", "sends", "source", "read", "assumed"} {
		for _, value := range s.head[key] {
			fmt.Fprintf(&b, "%s: %s\n", key, value)
		}
	}
	fmt.Fprintf(&b, "-- stream --\n%s-- deltas --\n%s-- relayed --\n%s", s.stream, s.deltas, s.relayed)
	return b.String()
}

// read returns what Deltas yields, one line for each item.
func read(r io.Reader) (lines string, err error) {
	var b strings.Builder
	for d, err := range llm.Deltas(r) {
		if err != nil {
			return b.String(), err
		}
		b.WriteString(line(d))
	}
	return b.String(), nil
}

// line returns a delta with the fields that are set.
func line(d llm.Delta) string {
	text, _ := json.Marshal(d)
	var fields map[string]any
	_ = json.Unmarshal(text, &fields)
	for name, value := range fields {
		if value == nil || value == "" || value == 0.0 {
			delete(fields, name)
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(fields)
	return b.String()
}

func withError(lines string, err error) string {
	if err != nil {
		return lines + "error: " + err.Error() + "\n"
	}
	return lines
}

var digest = regexp.MustCompile(`\([A-Z2-7]{8}\)`)

// relay returns what Relay sends if the server sends these parts.
func (s *server) relay(t *testing.T, parts ...any) string {
	kind := "text/event-stream"
	if strings.HasPrefix(s.stream, "{") {
		kind = "application/x-ndjson"
	}
	w := askRelay(t, llm.Relay{}, typed(kind, parts...))
	var b strings.Builder
	fmt.Fprintf(&b, "status: %d\n", w.Code)
	for _, name := range []string{"Retry-After", "X-Should-Retry"} {
		if value := w.Header().Get(name); value != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, value)
		}
	}
	b.WriteString(digest.ReplaceAllString(w.Body.String(), "(DIGEST)"))
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func TestServers(t *testing.T) {
	testkit.WatchLog(t)
	var table strings.Builder
	table.WriteString("# What servers send\n\nEach row is a file of `servers/`, with a stream, what `Deltas` yields for it and what `Relay` makes of it.\n" +
		"Nothing was recorded from a server by this project. 296 streams that others have recorded from servers, of both APIs of OpenAI, Azure, Anthropic, Mistral, Groq, DeepSeek, xAI, OpenRouter, Cerebras, Perplexity, Moonshot, LM Studio, Ollama and others, " +
		"were read with `Deltas` in November 2026, and yield what the text, the calls and the counts in them add up to. " +
		"They are in the repositories vercel/ai (Apache-2.0), pydantic/pydantic-ai (MIT) and crmne/ruby_llm (MIT). None is copied; what was new in them has a row.\n\n" +
		"\"Read\" is what stored excerpts of the sources show (November 2026), \"assumed\" is what was added to it.\n\n" +
		"| file | server | what it sends | read | assumed | sources |\n|---|---|---|---|---|---|\n")
	for _, s := range servers(t) {
		fmt.Fprintf(&table, "| `%s` | %s | %s | %s | %s | %s |\n", s.name, s.head["server"][0], s.head["sends"][0], s.head["read"][0], s.head["assumed"][0], strings.Join(s.head["source"], " "))
		t.Run(s.name, func(t *testing.T) {
			got := withError(read(strings.NewReader(s.stream)))
			var relayed string
			synctest.Test(t, func(t *testing.T) { relayed = s.relay(t, s.stream) })
			if *update {
				s.deltas, s.relayed = got, relayed
				if err := os.WriteFile("testdata/servers/"+s.name+".txt", []byte(s.file()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if got != s.deltas {
				t.Errorf("Deltas yields\n%swant\n%s", got, s.deltas)
			}
			if relayed != s.relayed {
				t.Errorf("Relay sends\n%swant\n%s", relayed, s.relayed)
			}
			if strings.Contains(relayed, secret) {
				t.Errorf("the key is in what Relay sends:\n%s", relayed)
			}
			for _, key := range []string{"server", "sends", "source", "read", "assumed"} {
				if len(s.head[key]) == 0 {
					t.Errorf("the file does not say %s", key)
				}
			}
		})
	}
	if *update {
		if err := os.WriteFile("testdata/servers.md", []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if text, _ := os.ReadFile("testdata/servers.md"); string(text) != table.String() {
		t.Error("testdata/servers.md is not the table of the files; run the test with -update")
	}
}

// A stream that arrives in two pieces, or in many, is the same stream.
func TestServersCutAnywhere(t *testing.T) {
	testkit.SkipWithRace(t, "ten times as slow, and one goroutine reads")
	testkit.WatchLog(t)
	for _, s := range servers(t) {
		t.Run(s.name, func(t *testing.T) {
			if got := withError(read(iotest.OneByteReader(strings.NewReader(s.stream)))); got != s.deltas {
				t.Errorf("byte by byte, Deltas yields\n%swant\n%s", got, s.deltas)
			}
			for i := 0; i < len(s.stream); i++ {
				two := io.MultiReader(strings.NewReader(s.stream[:i]), strings.NewReader(s.stream[i:]))
				if got := withError(read(two)); got != s.deltas {
					t.Fatalf("cut at %d, Deltas yields\n%swant\n%s", i, got, s.deltas)
				}
			}
			var bytes []any
			for i := range len(s.stream) {
				bytes = append(bytes, s.stream[i:i+1])
			}
			synctest.Test(t, func(t *testing.T) {
				if got := s.relay(t, bytes...); got != s.relayed {
					t.Errorf("byte by byte, Relay sends\n%swant\n%s", got, s.relayed)
				}
			})
		})
	}
}

// A stream that ends too early is never a whole answer.
func TestServersEndAnywhere(t *testing.T) {
	testkit.SkipWithRace(t, "ten times as slow, and one goroutine reads")
	testkit.WatchLog(t)
	broken := errors.New("broken")
	ends := regexp.MustCompile(`(?m)^(data: \[DONE\]|event: (message_stop|response\.(completed|incomplete)))$`)
	for _, s := range servers(t) {
		whole := !strings.Contains(s.deltas, "error: ")
		t.Run(s.name, func(t *testing.T) {
			for i := 0; i < len(s.stream); i++ {
				r := io.MultiReader(strings.NewReader(s.stream[:i]), iotest.ErrReader(broken))
				got, err := read(r)
				finished := strings.Contains(got, "FinishReason")
				if whole && !finished && !errors.Is(err, llm.ErrTruncated) {
					t.Fatalf("after %d bytes: %v, want %v\n%s", i, err, llm.ErrTruncated, got)
				}
				if finished && whole && err != nil && !strings.Contains(s.name, "choices") {
					t.Fatalf("after %d bytes and the finish reason: %v\n%s", i, err, got)
				}
				if !strings.HasPrefix(s.deltas, got) && whole && err != nil {
					t.Fatalf("after %d bytes, Deltas yields\n%swhich does not begin\n%s", i, got, s.deltas)
				}
			}
			synctest.Test(t, func(t *testing.T) {
				for i := 0; i < len(s.stream); i++ {
					got := s.relay(t, s.stream[:i])
					failed := strings.Contains(got, `{"type":"error"`)
					if failed == ends.MatchString(got) {
						t.Fatalf("after %d bytes, Relay sends\n%swhich ends and fails, or neither", i, got)
					}
				}
			})
		})
	}
}
