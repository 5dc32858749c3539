package ssebench_test

import (
	"bytes"
	"strings"
	"testing"

	gosse "github.com/tmaxmax/go-sse"

	"github.com/rivulet-go/rivulet/stream/sse"
)

func TestAheadInWriting(t *testing.T) {
	ahead(t, writings)
	t.Run("without allocating", func(t *testing.T) {
		for _, c := range writings {
			if n := testing.AllocsPerRun(10, func() { c.ours(t) }); n > 0 {
				t.Errorf("%s: %v allocations, want none", c.name, n)
			}
		}
	})
}

func BenchmarkWrite(b *testing.B) { compare(b, writings) }

var writings = []contest{
	writing("a tiny event", sse.Event{Data: "x"}),
	writing("a named event of 100 bytes", sse.Event{ID: "k3f9-12", Name: "price", Data: strings.Repeat("x", 70)}),
	writing("an event of 1 KB", sse.Event{ID: "k3f9-12", Data: strings.Repeat("x", 1<<10)}),
	writing("an event of ten lines", sse.Event{ID: "k3f9-12", Name: "price", Data: strings.Repeat("a line of some length\n", 9) + "the last"}),
	writing("an event of 64 KB in lines", sse.Event{Data: strings.Repeat(strings.Repeat("x", 79)+"\n", 800) + "the last"}),
	writing("an event of 1 MB", sse.Event{ID: "k3f9-12", Data: strings.Repeat("x", 1<<20)}),
}

// writing is a contest over an event, which is made and written to a buffer
// that is large enough.
func writing(name string, e sse.Event) contest {
	want, err := e.AppendTo(nil)
	if err != nil {
		panic(err)
	}
	var ours []byte
	var theirs bytes.Buffer
	return contest{
		name:  name,
		bytes: len(want),
		ours: func(t testing.TB) {
			ours, err = e.AppendTo(ours[:0])
			if len(ours) != len(want) || err != nil {
				t.Errorf("wrote %d bytes, %v, want %d", len(ours), err, len(want))
			}
		},
		theirs: func(t testing.TB) {
			var m gosse.Message
			m.AppendData(e.Data)
			if e.Name != "" {
				m.Type = gosse.Type(e.Name)
			}
			if e.ID != "" {
				m.ID = gosse.ID(e.ID)
			}
			theirs.Reset()
			if _, err := m.WriteTo(&theirs); theirs.Len() != len(want) || err != nil {
				t.Errorf("wrote %d bytes, %v, want %d", theirs.Len(), err, len(want))
			}
		},
	}
}
