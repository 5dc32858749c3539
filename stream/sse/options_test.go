package sse_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/internal/testkit"
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
	t.Run("what is wrapped is flushed", func(t *testing.T) {
		w := httptest.NewRecorder()
		open(t, wrapped{unflushable{w}, w}, httptest.NewRequest("GET", "/", nil))
		if !w.Flushed {
			t.Error("the headers were not flushed")
		}
	})
	t.Run("a Cache-Control that is there is respected", func(t *testing.T) {
		w := httptest.NewRecorder()
		w.Header().Set("Cache-Control", "no-cache, no-transform")
		open(t, w, httptest.NewRequest("GET", "/", nil))
		if got, want := w.Header().Get("Cache-Control"), "no-cache, no-transform"; got != want {
			t.Errorf("Cache-Control: %s, want %s", got, want)
		}
	})
	t.Run("a client that has gone already is an error", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := sse.Open(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/", nil))
		if err != context.Canceled {
			t.Errorf("Open() = %v, want %v", err, context.Canceled)
		}
	})
	t.Run("headers that cannot be sent are an error", func(t *testing.T) {
		errBoom := errors.New("boom")
		rec := newRecorder(false)
		rec.failWith(errBoom)
		_, err := sse.Open(rec, httptest.NewRequest("GET", "/", nil))
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
	logs := testkit.WatchLog(t)
	serve := func(ctx context.Context, w http.ResponseWriter, f func(context.Context, *sse.Stream) error) {
		logs.Reset()
		defer func() { _ = recover() }() // http.ErrAbortHandler
		sse.Handler(f).ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/feed", nil))
	}
	t.Run("an error of the function is logged", func(t *testing.T) {
		serve(t.Context(), httptest.NewRecorder(), func(context.Context, *sse.Stream) error { return errors.New("boom") })
		if got, want := logs.String(), `level=ERROR msg="sse: stream failed" path=/feed error=boom`; !strings.Contains(got, want) {
			t.Errorf("log: %q, want %q in it", got, want)
		}
	})
	t.Run("a writer that cannot flush is logged", func(t *testing.T) {
		serve(t.Context(), unflushable{httptest.NewRecorder()}, nothing)
		if got, want := logs.String(), `level=ERROR msg="sse: no stream" path=/feed error="sse: sse_test.unflushable cannot flush`; !strings.Contains(got, want) {
			t.Errorf("log: %q, want %q in it", got, want)
		}
	})
	t.Run("a client that has left is not", func(t *testing.T) {
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
	t.Run("a write that has failed is not", func(t *testing.T) {
		rec := newRecorder(false)
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

func TestHeartbeatsAreEventsIfAskedFor(t *testing.T) {
	for query, want := range map[string]string{
		"":                        ":\n:\n",
		"?heartbeat=event":        "event: heartbeat\ndata: 1000\n\nevent: heartbeat\ndata: 1000\n\n",
		"?a=b&heartbeat=event&c":  "event: heartbeat\ndata: 1000\n\nevent: heartbeat\ndata: 1000\n\n",
		"?heartbeat=events":       ":\n:\n",
		"?x=heartbeat%3Devent":    ":\n:\n",
		"?noheartbeat=event&a=b;": ":\n:\n",
		"?heartbeat=event&retry":  "retry: 7000\nevent: heartbeat\ndata: 1000 7000\n\nevent: heartbeat\ndata: 1000 7000\n\n",
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
			defer cancel()
			w := httptest.NewRecorder()
			o := sse.Options{Heartbeat: time.Second}
			if strings.HasSuffix(query, "retry") {
				o.Retry = 7 * time.Second
			}
			o.Handler(func(ctx context.Context, s *sse.Stream) error { <-ctx.Done(); return nil }).
				ServeHTTP(w, httptest.NewRequest("GET", "/"+query, nil).WithContext(ctx))
			if got := w.Body.String(); got != want {
				t.Errorf("%q: stream = %q, want %q", query, got, want)
			}
		})
	}
}
