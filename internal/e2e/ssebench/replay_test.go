package ssebench_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// mostForReplay is the budget of a replay, by a handler that writes the same
// bytes, event after event, and flushes once.
const mostForReplay = 1.5

func TestReplayOfAnAnswer(t *testing.T) {
	testkit.SkipWithRace(t, "the race detector is not the same burden for all")
	for name, c := range replays(t) {
		t.Run(name, func(t *testing.T) {
			ratios := c.ratios(t, rounds)
			slices.Sort(ratios)
			ratio := ratios[rounds/2]
			t.Logf("%.2f of the time of a plain handler (from %.2f to %.2f)", ratio, ratios[0], ratios[rounds-1])
			if c.clock == nil && ratio > mostForReplay { // the time that passes is not ours alone
				t.Errorf("took %.2f of the time of a plain handler, want at most %v", ratio, mostForReplay)
			}
		})
	}
}

// BenchmarkReplayOfAnAnswer shows the times whose ratio the test limits.
func BenchmarkReplayOfAnAnswer(b *testing.B) {
	for name, c := range replays(b) {
		for _, side := range []struct {
			name string
			f    func(testing.TB)
		}{{"replayed", c.ours}, {"written plainly", c.theirs}} {
			b.Run(name+"/"+side.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					side.f(b)
				}
			})
		}
	}
}

// replays returns contests in which a client receives an answer of 1 MB in 50,000
// pieces: from a topic that has ended, and from a plain handler. One compares the
// time that passes, the other the processor time of both ends.
func replays(t testing.TB) map[string]contest {
	const pieces, size = 50_000, 20
	b := broker.Broker{Retain: broker.Retention{Count: pieces, Bytes: 16 << 20, Age: -1}}
	topic := b.Topic("answer")
	ctx := context.Background()
	start, err := topic.Position(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var plain [][]byte
	bytes := 0
	add := func(e sse.Event) {
		text, err := e.AppendTo(nil)
		if err != nil {
			t.Fatal(err)
		}
		plain = append(plain, text)
		bytes += len(text)
	}
	for range pieces {
		e := sse.Event{Data: strings.Repeat("x", size)}
		if e.ID, err = topic.Publish(ctx, e); err != nil {
			t.Fatal(err)
		}
		add(e)
	}
	if err := topic.End(ctx); err != nil {
		t.Fatal(err)
	}
	end, err := topic.Position(ctx)
	if err != nil {
		t.Fatal(err)
	}
	add(sse.Event{Name: "end", ID: end})

	replayed := httptest.NewServer(topic.HandlerWith(broker.HandlerOptions{Heartbeat: -1}))
	written := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for _, e := range plain {
			if _, err := w.Write(e); err != nil {
				return
			}
		}
		_ = http.NewResponseController(w).Flush()
	}))
	t.Cleanup(replayed.Close)
	t.Cleanup(written.Close)
	receive := func(url string) func(testing.TB) {
		return func(t testing.TB) {
			r, err := http.NewRequest("GET", url, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Last-Event-ID", start)
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if n, err := io.Copy(io.Discard, res.Body); n != int64(bytes) || err != nil {
				t.Errorf("received %d bytes, %v, want %d", n, err, bytes)
			}
		}
	}
	ours, theirs := receive(replayed.URL), receive(written.URL)
	return map[string]contest{
		"time":           {ours: ours, theirs: theirs, clock: clock},
		"processor time": {ours: ours, theirs: theirs},
	}
}
