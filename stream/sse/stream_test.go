package sse_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream/sse"
)

func TestOpen(t *testing.T) {
	t.Run("a writer that cannot flush is left untouched", func(t *testing.T) {
		w := httptest.NewRecorder()
		_, err := sse.Open(unflushable{w}, httptest.NewRequest("GET", "/", nil))
		if !errors.Is(err, http.ErrNotSupported) {
			t.Errorf("Open() = %v, want %v", err, http.ErrNotSupported)
		}
		if len(w.Header()) > 0 || w.Body.Len() > 0 {
			t.Errorf("headers %v and body %q were sent", w.Header(), w.Body)
		}
	})
	t.Run("flushes what is wrapped", func(t *testing.T) {
		w := httptest.NewRecorder()
		open(t, wrapped{unflushable{w}, w}, httptest.NewRequest("GET", "/", nil))
		if !w.Flushed {
			t.Error("the headers were not flushed")
		}
	})
	t.Run("respects a Cache-Control that is there", func(t *testing.T) {
		w := httptest.NewRecorder()
		w.Header().Set("Cache-Control", "no-cache, no-transform")
		open(t, w, httptest.NewRequest("GET", "/", nil))
		if got, want := w.Header().Get("Cache-Control"), "no-cache, no-transform"; got != want {
			t.Errorf("Cache-Control: %s, want %s", got, want)
		}
	})
	t.Run("a client that has gone already", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := sse.Open(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/", nil))
		if err != context.Canceled {
			t.Errorf("Open() = %v, want %v", err, context.Canceled)
		}
	})
	t.Run("the headers cannot be sent", func(t *testing.T) {
		errBoom := errors.New("boom")
		_, err := sse.Open(&recorder{header: make(http.Header), fail: errBoom}, httptest.NewRequest("GET", "/", nil))
		if !errors.Is(err, errBoom) {
			t.Errorf("Open() = %v, want %v", err, errBoom)
		}
	})
}

// A wrapped hides Flush and has Unwrap, as good middleware does.
type wrapped struct {
	http.ResponseWriter
	inner http.ResponseWriter
}

func (w wrapped) Unwrap() http.ResponseWriter { return w.inner }

func TestHandlerLogsWhatNobodyElseKnows(t *testing.T) {
	var logs bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&logs, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	serve := func(ctx context.Context, w http.ResponseWriter, f func(context.Context, *sse.Stream) error) {
		logs.Reset()
		defer func() { _ = recover() }() // http.ErrAbortHandler
		sse.Handler(f).ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/feed", nil))
	}
	t.Run("an error", func(t *testing.T) {
		serve(t.Context(), httptest.NewRecorder(), func(context.Context, *sse.Stream) error { return errors.New("boom") })
		if got, want := logs.String(), `level=ERROR msg="sse: stream failed" path=/feed error=boom`; !strings.Contains(got, want) {
			t.Errorf("log: %q, want %q in it", got, want)
		}
	})
	t.Run("a writer that cannot flush", func(t *testing.T) {
		serve(t.Context(), unflushable{httptest.NewRecorder()}, nothing)
		if got, want := logs.String(), `level=ERROR msg="sse: no stream" path=/feed error="sse: sse_test.unflushable cannot flush`; !strings.Contains(got, want) {
			t.Errorf("log: %q, want %q in it", got, want)
		}
	})
	t.Run("not that the client has left", func(t *testing.T) {
		ctx, leave := context.WithCancel(t.Context())
		serve(ctx, httptest.NewRecorder(), func(ctx context.Context, s *sse.Stream) error {
			leave()
			<-ctx.Done()
			return fmt.Errorf("waiting: %w", ctx.Err())
		})
		if got := logs.String(); got != "" {
			t.Errorf("log: %q, want none", got)
		}
	})
	t.Run("not that a write has failed", func(t *testing.T) {
		rec := &recorder{header: make(http.Header)}
		serve(t.Context(), rec, func(_ context.Context, s *sse.Stream) error {
			rec.failWith(errors.New("boom"))
			return s.Send(sse.Event{})
		})
		if got := logs.String(); got != "" {
			t.Errorf("log: %q, want none", got)
		}
	})
}

func nothing(context.Context, *sse.Stream) error { return nil }

func TestHandlerWithNilPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("Handler(nil) does not panic")
		}
	}()
	sse.Handler(nil)
}

func TestMaxLife(t *testing.T) {
	seen := make(map[time.Duration]bool)
	for range 20 {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			sse.Options{MaxLife: time.Hour}.Handler(func(ctx context.Context, s *sse.Stream) error {
				<-ctx.Done()
				if got := context.Cause(ctx); got != sse.ErrMaxLife {
					t.Errorf("cause = %v, want %v", got, sse.ErrMaxLife)
				}
				if err := s.Send(sse.Event{Data: "goodbye"}); err != nil {
					t.Errorf("Send() = %v, want nil", err)
				}
				return ctx.Err() // a proper end all the same, or ServeHTTP would panic
			}).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
			got := time.Since(start)
			if got < 54*time.Minute || got > time.Hour {
				t.Errorf("stream lived for %v, want 54m0s to 1h0m0s", got)
			}
			seen[got] = true
		})
	}
	if len(seen) < 2 {
		t.Error("all streams lived equally long")
	}
}

func TestLastRetry(t *testing.T) {
	for _, c := range []struct {
		name     string
		retry    time.Duration
		from, to int
	}{
		{"around Retry", 10 * time.Second, 5000, 15000},
		{"around 3 s without one", 0, 1500, 4500},
	} {
		t.Run(c.name, func(t *testing.T) {
			until, shutdown := context.WithCancel(context.Background())
			shutdown()
			h := sse.Options{Retry: c.retry, Until: until, Heartbeat: -1}.Handler(func(ctx context.Context, s *sse.Stream) error {
				<-ctx.Done()
				return nil
			})
			seen := make(map[int]bool)
			for range 20 {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
				all := w.Body.String()
				var got int
				if _, err := fmt.Sscanf(all[strings.LastIndex(all, "retry"):], "retry: %d\n", &got); err != nil {
					t.Fatalf("stream = %q: %v", all, err)
				}
				if got < c.from || got > c.to {
					t.Errorf("retry: %d, want %d to %d", got, c.from, c.to)
				}
				seen[got] = true
			}
			if len(seen) < 2 {
				t.Error("all clients are told the same")
			}
		})
	}
}

func TestLastEventID(t *testing.T) {
	none, empty, header := []string(nil), []string{""}, []string{"a"}
	for _, c := range []struct {
		name   string
		header []string
		query  string
		want   string
	}{
		{"none", none, "", ""},
		{"the header", header, "", "a"},
		{"the header before the query", header, "?lastEventId=b", "a"},
		{"an empty header before the query", empty, "?lastEventId=b", ""},
		{"the query", none, "?x=1&lastEventId=b%2B1", "b+1"},
		{"the query in the other spelling", none, "?last_event_id=c", "c"},
		{"both spellings", none, "?last_event_id=c&lastEventId=b", "b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/"+c.query, nil)
			for _, id := range c.header {
				r.Header.Add("Last-Event-ID", id)
			}
			if got := sse.LastEventID(r); got != c.want {
				t.Errorf("LastEventID() = %q, want %q", got, c.want)
			}
			if got := open(t, httptest.NewRecorder(), r).LastEventID(); got != c.want {
				t.Errorf("Stream.LastEventID() = %q, want %q", got, c.want)
			}
		})
	}
}

// TestClosedStreamIsForgotten holds that neither a timer nor Until keeps a
// stream that has ended.
func TestClosedStreamIsForgotten(t *testing.T) {
	until, shutdown := context.WithCancel(context.Background())
	defer shutdown()
	for _, c := range []struct {
		name    string
		options sse.Options
	}{
		{"by its heartbeat", sse.Options{Heartbeat: time.Hour}},
		{"by its MaxLife", sse.Options{Heartbeat: -1, MaxLife: time.Hour}},
		{"by Until", sse.Options{Heartbeat: -1, Until: until}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := c.options.Open(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
			if err != nil {
				t.Fatalf("Open() = %v, want nil", err)
			}
			ref := weak.Make(s)
			runtime.GC()
			if ref.Value() == nil {
				t.Error("an open stream is collected")
			}
			s.Close()
			for range 3 {
				runtime.GC()
			}
			if ref.Value() != nil {
				t.Error("a closed stream is kept")
			}
		})
	}
}

// TestConcurrentSenders is for the race detector. Nobody waits for the senders
// before the handler returns; what they send then must not reach the writer.
func TestConcurrentSenders(t *testing.T) {
	var returned atomic.Bool
	var senders sync.WaitGroup
	h := sse.Options{Heartbeat: time.Microsecond}.Handler(func(ctx context.Context, s *sse.Stream) error {
		view := templ.Raw("view\nof many\nlines")
		encoded, err := sse.Event{ID: "1", Data: "encoded\nbefore"}.AppendTo(nil)
		if err != nil {
			return err
		}
		for _, send := range []func() error{
			func() error { return s.Send(sse.Event{ID: "1", Data: strings.Repeat("sent\n", 20)}) },
			func() error { return s.SendEncoded(encoded) },
			func() error { return s.Component(context.Background(), sse.Event{ID: "1"}, view) },
			func() error { return s.Comment("comment") },
		} {
			senders.Go(func() {
				for send() == nil {
				}
			})
		}
		for range 200 {
			if err := s.Send(sse.Event{Data: "main"}); err != nil {
				return err
			}
		}
		return nil
	})
	w := &guarded{ResponseRecorder: httptest.NewRecorder(), returned: &returned}
	h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	returned.Store(true)
	senders.Wait()
	if w.late.Load() > 0 {
		t.Errorf("%d uses of the writer after the handler had returned", w.late.Load())
	}
	for _, e := range parse(w.Body.String()) {
		switch e.Data {
		case "main", "encoded\nbefore", "view\nof many\nlines", strings.Repeat("sent\n", 20):
		default:
			t.Fatalf("events were mixed: %q", e.Data)
		}
	}
}

// A guarded writer counts uses after the handler has returned.
type guarded struct {
	*httptest.ResponseRecorder
	returned *atomic.Bool
	late     atomic.Int64
}

func (w *guarded) Write(p []byte) (int, error) {
	w.check()
	return w.ResponseRecorder.Write(p)
}

func (w *guarded) Flush() { w.check() }

func (w *guarded) SetWriteDeadline(time.Time) error {
	w.check()
	return nil
}

func (w *guarded) check() {
	if w.returned.Load() {
		w.late.Add(1)
	}
}

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
		if err := s.Component(t.Context(), sse.Event{}, pieces); err != nil {
			t.Fatalf("Component() = %v, want nil", err)
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
		if err := s.Component(t.Context(), sse.Event{}, leaves); err != nil {
			t.Fatalf("Component() = %v, want nil", err)
		}
		writes := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			if _, err := io.WriteString(left, "secret"); err == nil {
				t.Error("a late write = nil, want an error")
			}
			_, err := io.WriteString(w, "public")
			return err
		})
		if err := s.Component(t.Context(), sse.Event{}, writes); err != nil {
			t.Fatalf("Component() = %v, want nil", err)
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
			_ = s.Component(t.Context(), sse.Event{}, templ.ComponentFunc(func(context.Context, io.Writer) error { panic("boom") }))
		}()
		if err := s.Send(sse.Event{}); err != nil {
			t.Errorf("Send() = %v, want nil", err)
		}
	})
}

func TestStop(t *testing.T) {
	w := httptest.NewRecorder()
	sse.Stop(w)
	if got, want := w.Code, http.StatusNoContent; got != want {
		t.Errorf("status = %d, want %d", got, want)
	}
}
