package sse_test

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

func TestReader(t *testing.T) {
	type E = sse.Event
	tests := []struct {
		name   string
		stream string
		want   []sse.Event
	}{
		{"data lines are joined by LF", "data: a\ndata: b\n\n", []E{{Data: "a\nb"}}},
		{"LF, CR and CRLF end lines, mixed", "data:a\rdata:b\r\ndata:c\n\r\ndata:d\r\rdata:e\n\n", []E{{Data: "a\nb\nc"}, {Data: "d"}, {Data: "e"}}},
		{"CR LF CR is two line ends", "data:a\r\n\rdata:b\r\n\r\n", []E{{Data: "a"}, {Data: "b"}}},
		{"an LF after CR LF is a blank line", "data:a\r\n\ndata:b\r\n\ndata:c\r\n\r\n", []E{{Data: "a"}, {Data: "b"}, {Data: "c"}}},
		{"one leading space goes", "data:  a\ndata: b \ndata:\tc\n\n", []E{{Data: " a\nb \n\tc"}}},
		{"data without a colon counts", "data\n\ndata\ndata\n\ndata:\n\n", []E{{}, {Data: "\n"}, {}}},
		{"a block without data is no event", "event: a\n\n: hi\n\n\n\ndata: b\n\n", []E{{Data: "b"}}},
		{"the last name wins and is for one event", "event: a\nevent: b\ndata: 1\n\ndata: 2\n\nevent: b\nevent\ndata: 3\n\n", []E{{Name: "b", Data: "1"}, {Data: "2"}, {Data: "3"}}},
		{"an id stays", "id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n", []E{{ID: "1", Data: "a"}, {ID: "1", Data: "b"}, {Data: "c"}}},
		{"the last id wins", "id: 1\nid: 2\nid: 3\ndata: a\n\nid: \x00\nid: 4\ndata: b\n\n", []E{{ID: "3", Data: "a"}, {ID: "4", Data: "b"}}},
		{"an id without data moves", "id: 1\n\ndata: a\n\n", []E{{ID: "1", Data: "a"}}},
		{"an id with NUL is not there", "id: 1\nid: 2\x003\ndata: a\n\nid: \x00\ndata: b\n\n", []E{{ID: "1", Data: "a"}, {ID: "1", Data: "b"}}},
		{"what the stream ends within is dropped", "data: a\n\nid: 2\ndata: b\n", []E{{Data: "a"}}},
		{"a last line without its end is none", "data: a\n\ndata: b\n\ndata: c", []E{{Data: "a"}, {Data: "b"}}},
		{"comments and unknown fields mean nothing", ":data: x\ndatas: x\ndat: x\nDATA: x\n data: x\ndata : x\nevents: x\nid2: x\nretry-after: 1\ndata: a\n: x\n\n", []E{{Data: "a"}}},
		{"a colon in a value is of the value", "data: a: b\ndata:::\n\n", []E{{Data: "a: b\n::"}}},
		{"one byte order mark goes", "\uFEFFdata: a\n\n\uFEFFdata: b\n\ndata: \uFEFFc\n\n", []E{{Data: "a"}, {Data: "\uFEFFc"}}},
		{"two byte order marks spoil a field", "\uFEFF\uFEFFdata: a\ndata: b\n\n", []E{{Data: "b"}}},
		{"half a byte order mark spoils a field", "\xEF\xBBdata: a\ndata: b\n\n", []E{{Data: "b"}}},
		{"half a byte order mark is no blank line", "\xEF\ndata: b\n\n", []E{{Data: "b"}}},
		{"a byte order mark may be all of a blank line", "\uFEFF\ndata: b\n\n", []E{{Data: "b"}}},
		{"retry is digits only", "retry: 03000\ndata: a\n\nretry: 10x\ndata: b\n\nretry:\ndata: c\n\nretry: -1\ndata: d\n\nretry:  1\ndata: e\n\n", []E{{Data: "a", Retry: 3 * time.Second}, {Data: "b"}, {Data: "c"}, {Data: "d"}, {Data: "e"}}},
		{"a retry that no Duration holds is the longest", "retry: 99999999999999999999999\ndata: a\n\n", []E{{Data: "a", Retry: 9223372036854 * time.Millisecond}}},
		{"bytes that are not UTF-8 are replaced", "event: \xff\nid: \xc2\ndata: \xe2\x82\ndata: \xe2\x82\xac\n\n", []E{{Name: "\uFFFD", ID: "\uFFFD", Data: "\uFFFD\n€"}}},
		{"no event", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if reference := interpreted([]byte(tt.stream)).events; !reflect.DeepEqual(reference, tt.want) {
				t.Fatalf("the standard says %q, the table %q", reference, tt.want)
			}
			inEveryCut(t, []byte(tt.stream))
		})
	}
}

// inEveryCut reads the stream whole, byte by byte, and cut once anywhere.
func inEveryCut(t *testing.T, stream []byte) {
	t.Helper()
	want := interpreted(stream)
	is := func(how string, r io.Reader) {
		t.Helper()
		if got, err := read(r); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: read %v, %v, want %v", how, got, err, want)
		}
	}
	is("whole", bytes.NewReader(stream))
	is("whole with EOF", iotest.DataErrReader(bytes.NewReader(stream)))
	is("byte by byte", iotest.OneByteReader(bytes.NewReader(stream)))
	for i := range stream {
		is("cut", io.MultiReader(bytes.NewReader(stream[:i]), bytes.NewReader(stream[i:])))
	}
}

// The examples of https://www.unicode.org/versions/Unicode16.0.0/core-spec/chapter-3/#G66453,
// which the Encoding standard follows, and the corners of its decoder.
func TestReplacementCharacters(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"sequences that are too long", "\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41", "��������A"},
		{"surrogates", "\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41", "��������A"},
		{"beyond Unicode and never there", "\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", "�����A��B"},
		{"truncated sequences", "\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", "����A"},
		{"what is allowed at the edges", "\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF\xE0\xA0\x80\xF0\x90\x80\x80\xC2\x80", "\uD7FF\uE000\U0010FFFF\u0800\U00010000\u0080"},
		{"the replacement character itself", "\xEF\xBF\xBD\xEF\xBF", "��"},
		{"three of four bytes", "\xF0\x9F\x98a\xF0\x90\x80b\xF4\x8F\xBFc\xF0\x9F\x98", "�a�b�c�"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			stream := []byte("data: " + tt.in + "\n\n")
			got, err := read(bytes.NewReader(stream))
			if err != nil || len(got.events) != 1 || got.events[0].Data != tt.want {
				t.Errorf("read %+q, %v, want %+q", got.events, err, tt.want)
			}
			inEveryCut(t, stream)
		})
	}
}

func TestReaderDoesNotWait(t *testing.T) {
	for _, end := range []string{"\n\n", "\r\r", "\r\n\r"} {
		t.Run("for a byte after the blank line", func(t *testing.T) {
			rest := errors.New("asked for more")
			rd := sse.NewReader(io.MultiReader(strings.NewReader("data: a"+end), iotest.ErrReader(rest)))
			if e, err := rd.Next(); err != nil || e.Data != "a" {
				t.Errorf("Next() after %q = %+v, %v", end, e, err)
			}
			if _, err := rd.Next(); err != rest {
				t.Errorf("Next() = %v, want %v", err, rest)
			}
		})
	}
	t.Run("with retry for the end of its block", func(t *testing.T) {
		rd := sse.NewReader(strings.NewReader("retry: 7\n"))
		if _, ok := rd.Retry(); ok {
			t.Error("told a time that has not been read")
		}
		_, _ = rd.Next()
		if got, ok := rd.Retry(); !ok || got != 7*time.Millisecond {
			t.Errorf("Retry() = %v, %v, want 7ms", got, ok)
		}
	})
}

func TestReaderErrors(t *testing.T) {
	t.Run("an error of the stream comes after its events, and stays", func(t *testing.T) {
		broken := errors.New("broken")
		rd := sse.NewReader(io.MultiReader(strings.NewReader("data: a\n\ndata: b\n"), iotest.ErrReader(broken)))
		if e, err := rd.Next(); err != nil || e.Data != "a" {
			t.Errorf("Next() = %+v, %v", e, err)
		}
		for range 2 {
			if _, err := rd.Next(); err != broken {
				t.Errorf("Next() = %v, want %v", err, broken)
			}
		}
	})
	t.Run("the end is io.EOF, and stays", func(t *testing.T) {
		rd := sse.NewReader(strings.NewReader("data: a\n\n"))
		_, _ = rd.Next()
		for range 2 {
			if _, err := rd.Next(); err != io.EOF {
				t.Errorf("Next() = %v, want EOF", err)
			}
		}
	})
	t.Run("a reader that never reads is given up", func(t *testing.T) {
		if _, err := sse.NewReader(reads(func([]byte) (int, error) { return 0, nil })).Next(); err != io.ErrNoProgress {
			t.Errorf("Next() = %v, want %v", err, io.ErrNoProgress)
		}
	})
	t.Run("Events can be broken off", func(t *testing.T) {
		rd := sse.NewReader(strings.NewReader("data: a\n\ndata: b\n\n"))
		for range rd.Events() {
			break
		}
		for e, err := range rd.Events() {
			if err != nil || e.Data != "b" {
				t.Errorf("got %+v, %v, want b", e, err)
			}
		}
	})
}

func TestMaxEventSize(t *testing.T) {
	const limit = 100
	for _, tt := range []struct{ name, head, one, end string }{
		{"in one line of data", "data:", "x", "\n\n"},
		{"in many lines of data", "", "data\n", "\n"},
		{"in a name", "data\nevent:", "x", "\n\n"},
		{"in an id", "data\nid:", "x", "\n\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			next := func(r io.Reader, limit int) error {
				rd := sse.NewReader(r)
				rd.MaxEventSize = limit
				_, err := rd.Next()
				return err
			}
			small := tt.head + strings.Repeat(tt.one, limit-5) + tt.end
			large := tt.head + strings.Repeat(tt.one, limit+5) + tt.end
			for _, pieces := range []func(io.Reader) io.Reader{iotest.OneByteReader, iotest.DataErrReader} {
				if err := next(pieces(strings.NewReader(small)), limit); err != nil {
					t.Errorf("an event below the limit: %v", err)
				}
				if err := next(pieces(strings.NewReader(large)), limit); !errors.Is(err, sse.ErrEventTooLarge) {
					t.Errorf("an event above the limit: %v, want %v", err, sse.ErrEventTooLarge)
				}
			}
			if err := next(strings.NewReader(large), -1); err != nil {
				t.Errorf("no limit: %v", err)
			}
		})
	}
	t.Run("is 16 MiB by default, and starts anew with each event", func(t *testing.T) {
		event := "data: " + strings.Repeat("x", sse.DefaultMaxEventSize-1) + "\n\n"
		got, err := read(strings.NewReader(event + event + "data: x" + event))
		if len(got.events) != 2 || !errors.Is(err, sse.ErrEventTooLarge) {
			t.Errorf("read %d events, %v, want 2 and %v", len(got.events), err, sse.ErrEventTooLarge)
		}
	})
}

func TestReaderMemory(t *testing.T) {
	for _, tt := range []struct{ name, head, body string }{
		{"a comment", ":", "x"},
		{"an unknown field", "nobody", "knows"},
		{"a line without colon", "<html>", "<p>"},
		{"retry", "retry: 0", "0"},
		{"blank lines", "\n", "\n"},
		{"comments", "", ": x\n\n"},
	} {
		t.Run("is not taken by 8 MiB of "+tt.name, func(t *testing.T) {
			body := strings.Repeat(tt.body, 4096/len(tt.body))
			left := 8 << 20
			endless := reads(func(p []byte) (int, error) {
				if left <= 0 {
					return 0, io.EOF
				}
				n := copy(p, body)
				left -= n
				return n, nil
			})
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			rd := sse.NewReader(io.MultiReader(strings.NewReader(tt.head), endless))
			if _, err := rd.Next(); err != io.EOF {
				t.Errorf("Next() = %v, want EOF", err)
			}
			runtime.ReadMemStats(&after)
			if took := after.TotalAlloc - before.TotalAlloc; took > 256<<10 {
				t.Errorf("took %d KiB", took>>10)
			}
		})
	}
}

// One huge event in small pieces must not be read again with each piece.
func TestHugeEventIsReadOnce(t *testing.T) {
	var asked int
	const piece = 512
	const size = 8 << 20
	left := size
	rd := sse.NewReader(io.MultiReader(strings.NewReader("data: "), reads(func(p []byte) (int, error) {
		if left == 0 {
			return 0, io.EOF
		}
		asked++
		left -= piece
		return copy(p, strings.Repeat("x", piece)), nil
	}), strings.NewReader("\n\n")))
	start := time.Now()
	e, err := rd.Next()
	if err != nil || len(e.Data) != size {
		t.Errorf("Next() = %d bytes, %v, want %d", len(e.Data), err, size)
	}
	// Read again with each piece, it would be 64 GiB.
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	if asked != size/piece {
		t.Errorf("read %d times, want %d", asked, size/piece)
	}
}

// reads makes an io.Reader of a function.
type reads func([]byte) (int, error)

func (f reads) Read(p []byte) (int, error) { return f(p) }
