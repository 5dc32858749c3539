package browsertest_test

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rivulet-go/rivulet/internal/e2e/browsertest"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

const (
	answerPieces = 300
	mostCuts     = 200
)

// answerPiece is a piece of an answer with characters of several bytes and a tag.
func answerPiece(i int) string { return fmt.Sprintf("%d żółw 🐢 <b title=\"%[1]d\">龜</b>\n", i) }

// answerCuts is about EventSource reading an answer that is being written, while its
// connection is cut, each time at another byte of an event.
func answerCuts() browsertest.Scenario {
	b := broker.Broker{Stream: sse.Options{Retry: time.Millisecond, Heartbeat: -1}}
	var cutters sync.Map // by visit
	cutter := func(v *browsertest.Visit) *answerCutter {
		c, _ := cutters.LoadOrStore(v, new(answerCutter))
		return c.(*answerCutter)
	}
	produce := func(ctx context.Context) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			for i := range answerPieces {
				select {
				case <-time.After(5 * time.Millisecond): // about as long as to reconnect
				case <-ctx.Done():
					return
				}
				if !yield(answerPiece(i), nil) {
					return
				}
			}
		}
	}
	s := streamScenario("EventSource shows an answer once over 200 cuts", `
		const answer = document.body.appendChild(document.createElement("pre"));
		const source = new EventSource("events");
		source.onmessage = e => answer.append(e.data);
		source.addEventListener("end", () => {
			source.close();
			note("answer " + answer.textContent);
		});
	`, map[string]browsertest.File{
		"events": func(v *browsertest.Visit, w http.ResponseWriter, r *http.Request) {
			run, err := b.Start(r.Context(), r.URL.Path, broker.RunOptions{}, produce)
			if err != nil {
				v.Note(err.Error())
				return
			}
			if sse.LastEventID(r) == "" {
				r.Header.Set("Last-Event-ID", run.Position)
			}
			b.Topic(run.Topic).Handler().ServeHTTP(cutter(v).wrap(w), r)
		},
	}, func(t *testing.T, v *browsertest.Visit) {
		var want strings.Builder
		for i := range answerPieces {
			want.WriteString(answerPiece(i))
		}
		v.WaitNote("answer " + want.String())
		c := cutter(v)
		c.mu.Lock()
		defer c.mu.Unlock()
		t.Logf("%d cuts, %d within a character, %d within a tag", c.made, c.characters, c.tags)
		if c.made != mostCuts || c.characters == 0 || c.tags == 0 {
			t.Errorf("want %d cuts, and some of both kinds", mostCuts)
		}
	})
	s.Where = func(e *browsertest.Engine) bool { return e.Name == browsertest.Chromium().Name } // Firefox waits for a second or two after each cut
	return s
}

// An answerCutter cuts streams: each at another byte of its first event or of its
// second one.
type answerCutter struct {
	mu                     sync.Mutex
	made, characters, tags int
}

func (c *answerCutter) wrap(w http.ResponseWriter) http.ResponseWriter {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made == mostCuts {
		return w
	}
	// The time to reconnect comes first, as an event of its own.
	return &answerWriter{ResponseWriter: w, cutter: c, whole: 1 + c.made%2, at: 1 + c.made*7%60}
}

// An answerWriter fails after some whole events and some bytes of the next one.
type answerWriter struct {
	http.ResponseWriter
	cutter *answerCutter
	whole  int
	at     int
	sent   []byte // of the event
}

func (w *answerWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *answerWriter) Write(p []byte) (int, error) {
	for i := range p {
		ends := bytes.HasSuffix(w.sent, []byte("\n")) && p[i] == '\n'
		if w.whole == 0 && (ends || len(w.sent) == w.at) {
			n, err := w.ResponseWriter.Write(p[:i])
			if err == nil {
				err = http.NewResponseController(w.ResponseWriter).Flush()
			}
			if err == nil {
				w.cutter.count(w.sent, p[i])
				err = errCut
			}
			return n, err
		}
		if w.sent = append(w.sent, p[i]); ends {
			w.sent = w.sent[:0]
			w.whole--
		}
	}
	return w.ResponseWriter.Write(p)
}

// count records a cut before a byte.
func (c *answerCutter) count(sent []byte, next byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made++
	if !utf8.RuneStart(next) {
		c.characters++
	}
	if bytes.LastIndexByte(sent, '<') > bytes.LastIndexByte(sent, '>') {
		c.tags++
	}
}
