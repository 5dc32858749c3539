package stream_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
)

func ExampleSlog() {
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		switch a.Key {
		case slog.TimeKey:
			return slog.Attr{}
		case "duration":
			return slog.Duration(a.Key, 120*time.Millisecond) // the same in every run
		case "digest":
			return slog.String(a.Key, "DIGEST")
		}
		return a
	}}))
	rd := stream.Renderer{Trace: stream.Slog(logger), Script: stream.NoScript()}
	visit(rd.Handler(func(http.ResponseWriter, *http.Request) (templ.Component, error) {
		stock := func(ctx context.Context) (int, error) {
			_, _ = database(ctx, 0)
			return 0, errors.New("connection refused")
		}
		return suspense.Await(nil, stock, func(n int) templ.Component { return text("%d", n) }, suspense.Name("stock")), nil
	}))
	// Output:
	// <?start name="1"><?end>
	// level=ERROR msg="stream: boundary failed" id=1 name=stock digest=DIGEST path=/ error="connection refused"
	// level=INFO msg="stream: response" path=/ mode="out of order" status=200 duration=120ms bytes=123 boundaries=1 failed=1
	// <template for="1"><span role="alert">This part could not be loaded (DIGEST).</span></template><!/>
}

// A Renderer has one Trace. JoinTraces makes one of two.
func ExampleJoinTraces() {
	status := &stream.Trace{
		Status: func(_ context.Context, code int) { fmt.Println("status", code) },
	}
	bytes := &stream.Trace{
		Flushed: func(_ context.Context, n int) { fmt.Println("bytes", n) },
	}
	rd := stream.Renderer{Trace: stream.JoinTraces(status, bytes)}
	visit(rd.Handler(func(w http.ResponseWriter, _ *http.Request) (templ.Component, error) {
		w.WriteHeader(http.StatusNotFound)
		return text("not here"), nil
	}))
	// Output:
	// status 404
	// bytes 8
	// not here
}
