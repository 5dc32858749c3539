package ssebench_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	gosse "github.com/tmaxmax/go-sse"

	"github.com/rivulet-go/rivulet/stream/sse"
)

func TestAheadInReading(t *testing.T) { ahead(t, readings) }

func BenchmarkRead(b *testing.B) { compare(b, readings) }

// readings are streams of different shapes.
var readings = []contest{
	reading("tiny events", strings.Repeat("data: x\n\n", 20_000), 0),
	reading("named events of 100 bytes", repeat(4_000, func(i int) string {
		return fmt.Sprintf("event: price\ndata: %s\nid: k3f9-%d\n\n", strings.Repeat("x", 70), i)
	}), 0),
	reading("chunks of a model's answer", repeat(2_000, func(i int) string {
		return fmt.Sprintf(`data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"small","choices":[{"index":0,"delta":{"content":"word %d"},"finish_reason":null}]}`+"\n\n", i)
	}), 0),
	reading("events of 1 KB", strings.Repeat("data: "+strings.Repeat("x", 1<<10)+"\n\n", 400), 0),
	reading("one event of 1 MB", "data: "+strings.Repeat("x", 1<<20)+"\n\n", 0),
	reading("one event of 256 KB in 1 KB pieces", "data: "+strings.Repeat("x", 256<<10)+"\n\n", 1<<10),
	reading("events of many lines", strings.Repeat(strings.Repeat("data: a line of some length\n", 1_000)+"\n", 20), 0),
	reading("lines ended by CR and LF", strings.Repeat("event: price\r\ndata: a line of some length\r\n\r\n", 5_000), 0),
	reading("comments", strings.Repeat(": a comment of some length\n", 10_000)+"data: x\n\n", 0),
	reading("events of 1 KB in 64 byte pieces", strings.Repeat("data: "+strings.Repeat("x", 1<<10)+"\n\n", 100), 64),
	reading("tiny events in 7 byte pieces", strings.Repeat("data: x\n\n", 5_000), 7),
	reading("text that is not ASCII", strings.Repeat("data: "+strings.Repeat("żółw 龜 🐢 ", 20)+"\n\n", 1_000), 0),
}

func repeat(n int, f func(int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(f(i))
	}
	return b.String()
}

// reading is a contest over a stream, in pieces of that size at most. Zero: as
// large as is asked for.
func reading(name, stream string, piece int) contest {
	open := func() io.Reader {
		r := strings.NewReader(stream)
		if piece > 0 {
			return &pieces{r, piece}
		}
		return struct{ io.Reader }{r} // nothing but Read
	}
	events := 0
	for e, err := range sse.NewReader(open()).Events() {
		_ = e
		if err != nil {
			panic(err)
		}
		events++
	}
	check := func(t testing.TB, got int, err error) {
		if got != events || err != nil {
			t.Errorf("read %d events, %v, want %d", got, err, events)
		}
	}
	return contest{
		name:  name,
		bytes: len(stream),
		ours: func(t testing.TB) {
			n := 0
			var failed error
			for _, err := range sse.NewReader(open()).Events() {
				failed = err
				n++
			}
			check(t, n, failed)
		},
		theirs: func(t testing.TB) {
			n := 0
			var failed error
			gosse.Read(open(), &gosse.ReadConfig{MaxEventSize: sse.DefaultMaxEventSize})(func(_ gosse.Event, err error) bool {
				failed = err
				n++
				return true
			})
			check(t, n, failed)
		},
	}
}

// pieces limits the bytes of each read.
type pieces struct {
	r    io.Reader
	most int
}

func (p *pieces) Read(b []byte) (int, error) { return p.r.Read(b[:min(len(b), p.most)]) }
