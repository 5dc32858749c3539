package sse_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// TestAllocations checks that repeated sending does not allocate.
func TestAllocations(t *testing.T) {
	testkit.SkipWithRace(t, "the race detector makes pools forget")
	s := open(t, &discard{http.Header{}}, httptest.NewRequest("GET", "/", nil))
	e := sse.Event{ID: "k3f9-12", Name: "price", Data: "one\ntwo\r\nthree", Retry: time.Second}
	encoded, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	view := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, "<b>Ada</b>\n<i>Lovelace</i>")
		return err
	})
	for _, c := range []struct {
		name   string
		budget float64
		send   func() error
	}{
		{"an event", 0, func() error { return s.Send(e) }},
		{"an encoded event", 0, func() error { return s.SendEncoded(encoded) }},
		{"a comment", 0, func() error { return s.Comment("one\ntwo") }},
		// What a component is given is not used again.
		{"a component", 1, func() error { return s.SendComponent(t.Context(), e, view) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := testing.AllocsPerRun(1000, func() {
				if err := c.send(); err != nil {
					t.Fatalf("error = %v, want nil", err)
				}
			})
			if got > c.budget {
				t.Errorf("%v allocations, want at most %v", got, c.budget)
			}
		})
	}
}

// open opens a stream that is closed when the test ends.
func open(t *testing.T, w http.ResponseWriter, r *http.Request) *sse.Stream {
	t.Helper()
	s, err := sse.Open(w, r)
	if err != nil {
		t.Fatalf("Open() = %v, want nil", err)
	}
	t.Cleanup(s.Close)
	return s
}

// A discard is a ResponseWriter that forgets.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header            { return d.header }
func (*discard) WriteHeader(int)                  {}
func (*discard) Write(p []byte) (int, error)      { return len(p), nil }
func (*discard) Flush()                           {}
func (*discard) SetWriteDeadline(time.Time) error { return nil }
