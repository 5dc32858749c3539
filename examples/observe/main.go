// go -C examples run ./observe

// Command observe serves a page that can be watched: in the log, in the
// inspector, in the tools of the browser, and by counters.
package main

import (
	"context"
	"errors"
	"expvar"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/inspect"
)

func main() {
	inspector := inspect.New(100) // keeps the last 100 responses
	fmt.Println("http://127.0.0.1:8080/")
	fmt.Println("inspector:", inspector.URL("http://127.0.0.1:8080/inspect"))
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", routes(inspector, slog.New(slog.NewTextHandler(os.Stderr, nil)))))
}

func routes(inspector *inspect.Inspector, logger *slog.Logger) http.Handler {
	rd := stream.Renderer{
		Trace:        stream.JoinTraces(inspector.Trace(), stream.Slog(logger), counters()),
		Logger:       logger,
		ServerTiming: true, // everyone can read the names and the times
	}
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", rd.Handler(stream.Component(Page())))
	mux.Handle("GET /inspect", inspector)
	mux.Handle("GET /debug/vars", expvar.Handler())
	return mux
}

var (
	open      = expvar.NewInt("pages_open")
	failed    = expvar.NewMap("boundaries_failed") // by the name of the boundary
	firstByte = expvar.NewMap("first_byte_ms")     // number and sum
)

type key struct{}

// counters returns a Trace that counts. A program would use the client of its
// metrics in the same places.
func counters() *stream.Trace {
	return &stream.Trace{
		LogFailures: true,
		Start: func(ctx context.Context, _ *http.Request, _ stream.Mode) context.Context {
			open.Add(1)
			return context.WithValue(ctx, key{}, &span{start: time.Now()})
		},
		Flushed: func(ctx context.Context, _ int) {
			if s := ctx.Value(key{}).(*span); !s.sent { // the goroutine of the response calls it
				s.sent = true
				firstByte.Add("count", 1)
				firstByte.Add("sum", time.Since(s.start).Milliseconds())
			}
		},
		Failed: func(_ context.Context, err *stream.BoundaryError) {
			if !err.Expected {
				failed.Add(err.Name, 1)
			}
		},
		Done: func(context.Context, error) { open.Add(-1) },
	}
}

type span struct {
	start time.Time
	sent  bool
}

func weather(ctx context.Context) (string, error) {
	return "sunny, 21 °C", wait(ctx, 300*time.Millisecond)
}

func price(ctx context.Context) (string, error) {
	return "", errors.Join(wait(ctx, 100*time.Millisecond), errors.New("connection refused"))
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
