package sse_test

import (
	"context"
	"fmt"
	"math"
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
		{"around a century for all there is", math.MaxInt64, math.MaxInt64 / 4000000, math.MaxInt64 / 1000000},
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

// A handler that waits for Until itself hears of it before the stream or after it,
// which its client must not see.
func TestTheEndIsTheSameWhoeverHearsOfUntilFirst(t *testing.T) {
	for range 100 {
		synctest.Test(t, func(t *testing.T) {
			until, shutdown := context.WithCancel(context.Background())
			h := sse.Options{Until: until, Heartbeat: -1}.Handler(func(_ context.Context, s *sse.Stream) error {
				shutdown()
				return until.Err()
			})
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil)) // which panics for a stream that has failed
			if got := w.Body.String(); strings.Count(got, "retry: ") != 1 {
				t.Fatalf("stream = %q, want a retry at its end", got)
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
			// The runtime drops a stopped timer when it next looks at its timers.
			for n := 0; n < 100 && ref.Value() != nil; n++ {
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
		encoded, err := sse.Event{ID: "1", Data: "encoded\nbefore"}.Encode()
		if err != nil {
			return err
		}
		for _, send := range []func() error{
			func() error { return s.Send(sse.Event{ID: "1", Data: strings.Repeat("sent\n", 20)}) },
			func() error { return s.SendEncoded(encoded) },
			func() error { return s.SendComponent(context.Background(), sse.Event{ID: "1"}, view) },
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
