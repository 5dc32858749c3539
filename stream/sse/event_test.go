package sse_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A seen is what a client makes of an event.
type seen struct {
	ID, Name, Data string
	Retry          time.Duration
}

// parse is the algorithm of the HTML standard in its simplest form, so that the
// encoding is not judged by the parser of this package.
func parse(text string) (events []seen) {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	e, data := seen{}, false
	lines := strings.Split(text, "\n")
	for _, line := range lines[:len(lines)-1] {
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "":
			if data {
				e.Data = strings.TrimSuffix(e.Data, "\n")
				events = append(events, e)
			}
			e, data = seen{ID: e.ID}, false
		case field == "event":
			e.Name = value
		case field == "data":
			e.Data += value + "\n"
			data = true
		case field == "id" && !strings.Contains(value, "\x00"):
			e.ID = value
		case field == "retry" && strings.Trim(value, "0123456789") == "":
			ms, _ := strconv.ParseInt(value, 10, 64)
			e.Retry = time.Duration(ms) * time.Millisecond
		}
	}
	return events
}

// FuzzEvent holds that an event is received as it was sent and as nothing
// else, whatever is in it, and that a component is sent as its text would be.
func FuzzEvent(f *testing.F) {
	f.Add("k3f9-12", "price", "42", int64(1500), 1)
	f.Add("", "", "a\nb\r\nc\rd\n", int64(0), 3)
	f.Add("1\n", "x\rdata: y", "\r\n\r", int64(-1), 2)
	f.Add("\x00", "error", "data: x\n\nid: 1", int64(1), 0)
	f.Add(" 1", " x", " y", int64(1), 0)
	f.Fuzz(func(t *testing.T, id, name, data string, ms int64, cut int) {
		ms %= 1 << 40
		e := sse.Event{ID: id, Name: name, Data: data, Retry: time.Duration(ms) * time.Millisecond}
		before := []byte("data: before\n\n")
		b, err := e.AppendTo(before)
		switch {
		case strings.ContainsAny(id, "\r\n\x00") && id != sse.NoID:
			if !errors.Is(err, sse.ErrEventID) || len(b) != len(before) {
				t.Fatalf("AppendTo() = %q, %v, want nothing and %v", b, err, sse.ErrEventID)
			}
			return
		case strings.ContainsAny(name, "\r\n"):
			if !errors.Is(err, sse.ErrEventName) || len(b) != len(before) {
				t.Fatalf("AppendTo() = %q, %v, want nothing and %v", b, err, sse.ErrEventName)
			}
			return
		case err != nil:
			t.Fatalf("AppendTo() = %v, want nil", err)
		}
		after := []byte("data: after\n\n")
		line := "id: " + id
		if id == sse.NoID {
			id, line = "", "id:"
		}
		want := seen{id, name, strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(data), max(e.Retry, 0)}
		got := parse(string(append(b, after...)))
		if len(got) != 3 || got[1] != want || got[2].Data != "after" {
			t.Fatalf("AppendTo() = %q, received as %+v, want %+v", b, got, want)
		}
		if line != "id: " && !strings.HasSuffix(string(b), "\n"+line+"\n\n") {
			t.Fatalf("AppendTo() = %q, want its id last", b)
		}

		w := httptest.NewRecorder()
		s, err := sse.Options{Heartbeat: -1}.Open(w, httptest.NewRequest("GET", "/", nil))
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		e.Data = ""
		pieces := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			cut := max(0, min(cut, len(data)))
			_, _ = io.WriteString(w, data[:cut])
			_, err := w.Write([]byte(data[cut:]))
			return err
		})
		if err := s.SendComponent(t.Context(), e, pieces); err != nil {
			t.Fatalf("SendComponent() = %v, want nil", err)
		}
		if got, want := w.Body.String(), string(b[len(before):]); got != want {
			t.Fatalf("SendComponent() sends %q, want %q", got, want)
		}
	})
}

func TestEventForms(t *testing.T) {
	for _, c := range []struct {
		name  string
		event sse.Event
		want  string
	}{
		{"an event without anything has empty data", sse.Event{}, "data: \n\n"},
		{"no ID is an empty ID", sse.Event{ID: sse.NoID}, "data: \nid:\n\n"},
		{"a negative retry is zero", sse.Event{Retry: sse.RetryAtOnce}, "retry: 0\ndata: \n\n"},
		{"a retry of less than a millisecond is none", sse.Event{Retry: time.Millisecond - 1}, "data: \n\n"},
		{"a comment alone is no event", sse.Event{Comment: "a\r\nb\rdata: c\n"}, ": a\n: b\n: data: c\n: \n"},
		{"a comment precedes its event", sse.Event{Comment: "a", Name: "n", Data: "d"}, ": a\nevent: n\ndata: d\n\n"},
		{"a comment precedes an event of which only the ID is set", sse.Event{Comment: "a", ID: "1"}, ": a\ndata: \nid: 1\n\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.event.AppendTo(nil)
			if err != nil || string(got) != c.want {
				t.Errorf("AppendTo() = %q, %v, want %q", got, err, c.want)
			}
		})
	}
	t.Run("a Reader returns a retry of zero as it is sent, and forgets an ID that is removed", func(t *testing.T) {
		var text []byte
		for _, e := range []sse.Event{{ID: "1", Data: "a"}, {ID: sse.NoID, Retry: sse.RetryAtOnce, Data: "b", Comment: "c"}, {Data: "d"}} {
			text, _ = e.AppendTo(text)
		}
		var got []sse.Event
		for e, err := range sse.NewReader(bytes.NewReader(text)).Events() {
			if err != nil {
				break
			}
			got = append(got, e)
		}
		want := []sse.Event{{ID: "1", Data: "a"}, {Retry: sse.RetryAtOnce, Data: "b"}, {Data: "d"}}
		if !slices.Equal(got, want) {
			t.Errorf("events = %+v, want %+v", got, want)
		}
	})
}
