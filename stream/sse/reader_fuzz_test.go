package sse_test

import (
	"bytes"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// Whatever the bytes and however they are cut, a Reader reads what the
// standard's algorithm does.
func FuzzReader(f *testing.F) {
	for _, s := range []string{
		"data: a\r\ndata: b\r\rid: 1\n\nevent: x\ndata\n\nretry: 5\n\n",
		"\uFEFFdata: \xe2\x82\xac\xe2\x82\nid: a\x00b\ndata\n\n",
		": " + strings.Repeat("c", 40) + "\ndatadata: x\neventually\nretry: 12x\n\n",
	} {
		f.Add([]byte(s), []byte{1, 2, 3})
		f.Add([]byte(s), []byte{})
	}
	f.Fuzz(func(t *testing.T, stream, cuts []byte) {
		got, err := read(&pieces{stream, cuts, 0})
		if want := interpreted(stream); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("read %v, %v, want %v", got, err, want)
		}
	})
}

// What is written is what is read.
func FuzzRoundTrip(f *testing.F) {
	f.Add("1", "tick", "a\nb", int64(3000), []byte{1})
	f.Add("", "", "", int64(0), []byte{})
	f.Add(" x", " y", "\r\n\r\n z", int64(1), []byte{2, 1})
	f.Add("ü", ":", "\uFEFFdata: x", int64(1<<50), []byte{9})
	f.Fuzz(func(t *testing.T, id, name, data string, retry int64, cuts []byte) {
		e := sse.Event{ID: id, Name: name, Data: data, Retry: time.Duration(retry)}
		wire, err := e.AppendTo(nil)
		if err != nil {
			t.Skip("no event")
		}
		want := sse.Event{
			ID:    utf8Decoded([]byte(id)),
			Name:  utf8Decoded([]byte(name)),
			Data:  strings.ReplaceAll(strings.ReplaceAll(utf8Decoded([]byte(data)), "\r\n", "\n"), "\r", "\n"),
			Retry: max(0, e.Retry.Truncate(time.Millisecond)),
		}
		got, err := read(&pieces{bytes.Repeat(wire, 2), cuts, 0})
		if err != nil || len(got.events) != 2 || got.events[0] != want || got.events[1] != want {
			t.Errorf("read %+q, %v, want twice %+q", got.events, err, want)
		}
	})
}

// pieces reads from a stream in pieces of the given sizes, over and over.
type pieces struct {
	rest  []byte
	sizes []byte
	i     int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.rest) == 0 {
		return 0, io.EOF
	}
	n := len(b)
	if len(p.sizes) > 0 {
		n = min(n, 1+int(p.sizes[p.i%len(p.sizes)]))
		p.i++
	}
	n = copy(b[:n], p.rest)
	p.rest = p.rest[n:]
	return n, nil
}
