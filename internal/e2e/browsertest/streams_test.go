package browsertest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/internal/e2e/browsertest/pages"
	"github.com/rivulet-go/rivulet/internal/e2e/lossy"
	"github.com/rivulet-go/rivulet/stream/sse"
	"github.com/rivulet-go/rivulet/stream/sse/llm"
)

// streams are about EventSource, and about pages that read streams by hand.
func streams() []browsertest.Scenario {
	return []browsertest.Scenario{
		heard(),
		posted(),
		stopped(),
		unharmed(),
		crossing(),
		relayCrossing(),
		left("EventSource", `
		const source = new EventSource("events");
		source.onopen = () => note("open");
		addEventListener("abort", () => source.close());
	`),
		left("fetch", `
		const controller = new AbortController();
		fetch("events", {signal: controller.signal}).then(async response => {
			note("open");
			await response.text();
		}).catch(() => {});
		addEventListener("abort", () => controller.abort());
	`),
		relayed(),
		answerCuts(),
	}
}

// streaming is for scenarios about streams: with them it makes no difference
// who patches. WebKitGTK 2.50 has no pipeThrough for text, cannot post
// across origins here, and puts what it had of an event when
// its connection was cut before the first event of the next.
func streaming(e *browsertest.Engine) bool {
	return e.Scripting && e.Name != browsertest.ChromiumRuntime().Name && e.Name != browsertest.WebKit().Name
}

// streamScenario is a scenario with a page that runs a script.
func streamScenario(name, text string, files map[string]browsertest.File, run func(*testing.T, *browsertest.Visit)) browsertest.Scenario {
	files["stream.js"] = func(_ *browsertest.Visit, w http.ResponseWriter, _ *http.Request) { script(w, text) }
	return browsertest.Scenario{Name: name, Where: streaming, Page: pages.Stream(), Files: files, Run: run}
}

// handler makes a File of a handler.
func handler(h func(*browsertest.Visit) http.Handler) browsertest.File {
	return func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) { h(v).ServeHTTP(w, r) }
}

func heard() browsertest.Scenario {
	events := []sse.Event{
		{ID: "1", Data: "plain"},
		{ID: "2", Name: "price", Data: "with a name"},
		{ID: "3", Data: "two\nlines, and an empty one at the end\n"},
		{ID: "4", Data: "data: like a field\n\n: like a comment\nid: like an id"},
		{Name: "żółw", Data: "żółw 龜 🐢 \u2028 \uFEFF ."},
		{ID: "k3f9-6", Data: "  spaces before"},
		{ID: "7", Name: "price"},
		{Name: lossy.End},
	}
	return streamScenario("EventSource hears events as they were sent", `
		const source = new EventSource("events");
		const hear = e => note(JSON.stringify({name: e.type, id: e.lastEventId, data: e.data}));
		for (const name of ["message", "price", "żółw"]) source.addEventListener(name, hear);
		source.addEventListener("finish", e => note("end"));
	`, map[string]browsertest.File{
		"events": handler(func(*browsertest.Visit) http.Handler {
			return sse.Handler(func(ctx context.Context, s *sse.Stream) error {
				for _, e := range events {
					if err := s.Comment("not heard"); err != nil {
						return err
					}
					if err := s.Send(e); err != nil {
						return err
					}
				}
				<-ctx.Done()
				return nil
			})
		}),
	}, func(t *testing.T, v *browsertest.Visit) {
		v.WaitNote("end")
		notes := v.Notes()
		id := ""
		for i, e := range events {
			if e.Name == lossy.End {
				break
			}
			if e.ID != "" {
				id = e.ID // it stays
			}
			if e.Name == "" {
				e.Name = "message"
			}
			var got lossy.Received
			err := json.Unmarshal([]byte(notes[i]), &got)
			if want := (lossy.Received{Name: e.Name, ID: id, Data: e.Data}); got != want || err != nil {
				t.Errorf("heard %q, %v, want %q", got, err, want)
			}
		}
		if len(notes) != len(events) {
			t.Errorf("heard %d events, want %d", len(notes), len(events))
		}
	})
}

func posted() browsertest.Scenario {
	return streamScenario("a POST by fetch is answered with events", `
		fetch("ask", {method: "POST", body: "question"}).then(async response => {
			let text = "";
			for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
				text += part;
				if (text.endsWith("\n\n")) break;
			}
			note(response.headers.get("Content-Type") + " " + JSON.stringify(text));
		});
	`, map[string]browsertest.File{
		"POST ask": func(_ *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
			question, _ := io.ReadAll(r.Body)
			s, err := sse.Options{Heartbeat: -1}.Open(w, r)
			if err != nil {
				return
			}
			defer s.Close()
			_ = s.Send(sse.Event{ID: "1", Name: "answer", Data: "to the " + string(question)})
			<-s.Context().Done()
		},
	}, func(t *testing.T, v *browsertest.Visit) {
		v.WaitNote(`text/event-stream "event: answer\ndata: to the question\nid: 1\n\n"`)
	})
}

func stopped() browsertest.Scenario {
	return streamScenario("a 204 keeps EventSource away", `
		const source = new EventSource("events");
		source.onerror = () => note(source.readyState == EventSource.CLOSED ? "closed" : "lost");
	`, map[string]browsertest.File{
		"events": func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
			id := sse.LastEventID(r)
			v.Note("asked with the id " + id)
			if id != "" {
				sse.Stop(w)
				return
			}
			sse.Options{Retry: time.Millisecond}.Handler(func(_ context.Context, s *sse.Stream) error {
				return s.Send(sse.Event{ID: "last", Data: "goodbye"})
			}).ServeHTTP(w, r)
		},
	}, func(t *testing.T, v *browsertest.Visit) {
		v.WaitNote("closed")
		asked := slices.DeleteFunc(v.Notes(), func(n string) bool { return !strings.HasPrefix(n, "asked") })
		if want := []string{"asked with the id ", "asked with the id last"}; !slices.Equal(asked, want) {
			t.Errorf("requests: %q, want %q", asked, want)
		}
	})
}

// left is a scenario in which a page leaves a stream on which nothing comes.
func left(name, text string) browsertest.Scenario {
	const most = time.Second
	return streamScenario("the server sees at once that a page leaves a stream, with "+name, text, map[string]browsertest.File{
		"events": handler(func(v *browsertest.Visit) http.Handler {
			return sse.Handler(func(ctx context.Context, s *sse.Stream) error {
				<-ctx.Done()
				v.Note("left")
				return nil
			})
		}),
	}, func(t *testing.T, v *browsertest.Visit) {
		v.WaitNote("open")
		v.Dispatch("abort")
		ordered := time.Now()
		v.WaitNote("left")
		if took := time.Since(ordered); took > most {
			t.Errorf("the stream's context ended after %v, want less than %v", took, most)
		} else {
			t.Logf("after %v", took)
		}
	})
}

// relayed is a scenario with a page that takes a model's answer apart as is
// often done by hand: it knows nothing of Server-Sent Events but "data: ".
func relayed() browsertest.Scenario {
	words := []string{"Hello", ",\n", "żółw ", "🐢", ` "quoted": `, "data: x\n\n", "."}
	model := func(_ *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, ": THINKING\r\n\r\n")
		for i, word := range words {
			reason := "null"
			if i == len(words)-1 {
				reason = `"stop"`
			}
			content, _ := json.Marshal(word)
			fmt.Fprintf(w, `data: {"choices":[{"index":0,"delta":{"content":%s},"finish_reason":%s}]}`+"\n\n", content, reason)
			_ = http.NewResponseController(w).Flush()
		}
		io.WriteString(w, "data: [DONE]\n\n")
	}
	return streamScenario("a page that cuts lines by hand reads a relayed answer", `
		fetch("chat", {method: "POST", body: JSON.stringify({prompt: "question"})}).then(async response => {
			const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
			let rest = "", answer = "";
			for (;;) {
				const {done, value} = await reader.read();
				if (done) return note("no end");
				const lines = (rest + value).split("\n");
				rest = lines.pop();
				for (const line of lines) {
					if (!line.trim()) continue;
					const data = line.slice("data: ".length);
					if (data == "[DONE]") return note("answer " + answer);
					answer += JSON.parse(data).choices[0].delta.content;
				}
			}
		});
	`, map[string]browsertest.File{
		"POST model": model,
		"POST chat": handler(func(v *browsertest.Visit) http.Handler {
			return &llm.Relay{Request: func(ctx context.Context, r *http.Request) (*http.Request, error) {
				return http.NewRequestWithContext(ctx, "POST", "http://"+r.Host+strings.Replace(r.URL.Path, "chat", "model", 1), r.Body)
			}}
		}),
	}, func(t *testing.T, v *browsertest.Visit) {
		v.WaitNote("answer " + strings.Join(words, ""))
	})
}
