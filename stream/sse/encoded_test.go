package sse_test

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

func TestEncoded(t *testing.T) {
	t.Run("gives back the event as clients receive it", func(t *testing.T) {
		for _, c := range []struct{ event, want sse.Event }{
			{sse.Event{}, sse.Event{}},
			{sse.Event{Data: "one"}, sse.Event{Data: "one"}},
			{sse.Event{Data: "a\rb\r\nc\n\n"}, sse.Event{Data: "a\nb\nc\n\n"}},
			{sse.Event{Data: "id: 1\ndata: : x\nevent"}, sse.Event{Data: "id: 1\ndata: : x\nevent"}},
			{sse.Event{Name: "\xff", Data: "\xe2\x82\n\xac"}, sse.Event{Name: "\uFFFD", Data: "\uFFFD\n\uFFFD"}},
			{
				sse.Event{ID: "k3-9: x", Name: "a: b", Data: " x ", Retry: 1500 * time.Microsecond},
				sse.Event{ID: "k3-9: x", Name: "a: b", Data: " x ", Retry: time.Millisecond},
			},
			{sse.Event{ID: sse.NoID, Retry: -time.Hour, Data: "x"}, sse.Event{Retry: sse.RetryAtOnce, Data: "x"}},
			{sse.Event{Comment: "a\rb\n", Data: ":"}, sse.Event{Comment: "a\nb\n", Data: ":"}},
			{sse.Event{Comment: "alone"}, sse.Event{Comment: "alone"}},
		} {
			encoded, err := c.event.Encode()
			if err != nil {
				t.Fatalf("%+v.Encode() = %v, want nil", c.event, err)
			}
			if got := encoded.Event(); got != c.want {
				t.Errorf("%+v.Encode().Event() = %+v, want %+v", c.event, got, c.want)
			}
			wire, _ := c.event.AppendTo(nil)
			if encoded.Len() != len(wire) {
				t.Errorf("%+v.Encode().Len() = %d, want %d", c.event, encoded.Len(), len(wire))
			}
		}
	})
	t.Run("is refused to an event that would be read as something else", func(t *testing.T) {
		if _, err := (sse.Event{Name: "a\nb"}).Encode(); !errors.Is(err, sse.ErrEventName) {
			t.Errorf("Encode() = %v, want %v", err, sse.ErrEventName)
		}
	})
	t.Run("goes out in one write with its like", func(t *testing.T) {
		w := httptest.NewRecorder()
		s, err := sse.Options{Heartbeat: -1}.Open(w, httptest.NewRequest("GET", "/", nil))
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		a, _ := sse.Event{ID: "1", Data: "a"}.Encode()
		b, _ := sse.Event{ID: "2", Data: "b"}.Encode()
		if err := s.SendEncoded(a, sse.Encoded{}, b); err != nil {
			t.Fatalf("SendEncoded() = %v, want nil", err)
		}
		if got, want := w.Body.String(), "data: a\nid: 1\n\ndata: b\nid: 2\n\n"; got != want {
			t.Errorf("body = %q, want %q", got, want)
		}
	})
}

// An event with many receivers is encoded once.
func ExampleEvent_Encode() {
	encoded, err := sse.Event{Name: "price", Data: "4711"}.Encode()
	if err != nil {
		panic(err)
	}
	w := httptest.NewRecorder()
	s, err := sse.Options{Heartbeat: -1}.Open(w, httptest.NewRequest("GET", "/", nil))
	if err != nil {
		panic(err)
	}
	defer s.Close()
	_ = s.SendEncoded(encoded, encoded)
	fmt.Print(w.Body)
	// Output:
	// event: price
	// data: 4711
	//
	// event: price
	// data: 4711
}
