package sse_test

import (
	"context"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream/sse"
)

func TestComponent(t *testing.T) {
	t.Run("a line end that is cut is one", func(t *testing.T) {
		w := httptest.NewRecorder()
		s := open(t, w, httptest.NewRequest("GET", "/", nil))
		pieces := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			for _, p := range []string{"a\r", "\nb", "\r", "", "\n", "\n", "c\r", "d"} {
				if n, err := w.Write([]byte(p)); n != len(p) || err != nil {
					t.Errorf("Write(%q) = %d, %v, want %d, nil", p, n, err, len(p))
				}
			}
			return nil
		})
		if err := s.SendComponent(t.Context(), sse.Event{}, pieces); err != nil {
			t.Fatalf("SendComponent() = %v, want nil", err)
		}
		if got, want := w.Body.String(), ":\ndata: a\ndata: b\ndata: \ndata: c\ndata: d\n\n"; got != want {
			t.Errorf("stream = %q, want %q", got, want)
		}
	})
	t.Run("what it leaves running cannot write into another event", func(t *testing.T) {
		w := httptest.NewRecorder()
		s := open(t, w, httptest.NewRequest("GET", "/", nil))
		var left io.Writer
		leaves := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			left = w
			return nil
		})
		if err := s.SendComponent(t.Context(), sse.Event{}, leaves); err != nil {
			t.Fatalf("SendComponent() = %v, want nil", err)
		}
		writes := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			if _, err := io.WriteString(left, "secret"); err == nil {
				t.Error("a late write = nil, want an error")
			}
			_, err := io.WriteString(w, "public")
			return err
		})
		if err := s.SendComponent(t.Context(), sse.Event{}, writes); err != nil {
			t.Fatalf("SendComponent() = %v, want nil", err)
		}
		if got := w.Body.String(); strings.Contains(got, "secret") {
			t.Errorf("stream = %q", got)
		}
	})
	t.Run("a panic goes on up and leaves the stream as it was", func(t *testing.T) {
		s := open(t, httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
		func() {
			defer func() {
				if got := recover(); got != "boom" {
					t.Errorf("recover() = %v, want boom", got)
				}
			}()
			_ = s.SendComponent(t.Context(), sse.Event{}, templ.ComponentFunc(func(context.Context, io.Writer) error { panic("boom") }))
		}()
		if err := s.Send(sse.Event{}); err != nil {
			t.Errorf("Send() = %v, want nil", err)
		}
	})
}
