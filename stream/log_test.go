package stream_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream"
)

// quiet keeps failures out of the log.
var quiet = stream.Trace{Failed: func(context.Context, *stream.BoundaryError) {}}

func withServer(ctx context.Context, srv *http.Server) context.Context {
	return context.WithValue(ctx, http.ServerContextKey, srv)
}

// logged is what goes to slog.Default during a test.
type logged struct{ *testkit.Log }

func (l logged) want(t *testing.T, line string) {
	t.Helper()
	if got := mask(l.String()); !strings.Contains(got, line) {
		t.Errorf("log:\n%s\nwant a line with\n%s", got, line)
	}
}

func captureLog(t *testing.T) logged {
	stream.ForgetWarnings()
	return logged{testkit.WatchLog(t)}
}

func TestLog(t *testing.T) {
	failures := page(
		at(stream.Boundary{Name: "prices", Load: failing(100*ms, errBoom)}),
		slot(panicking(200*ms, "boom")),
		at(stream.Boundary{Key: "stock", Load: failing(300*ms, errBoom)}),
	)
	logs := captureLog(t)
	synctest.Test(t, func(t *testing.T) {
		if err := stream.Render(newRecorder(), httptest.NewRequest("GET", "/", nil), failures); err != nil {
			t.Errorf("Render() = %v, want nil", err)
		}
	})
	logs.want(t, `level=ERROR msg="stream: boundary failed" id=1 name=prices digest=DIGEST path=/ error=boom`)
	logs.want(t, `level=ERROR msg="stream: boundary failed" id=2 name="" digest=DIGEST path=/ error="panic: boom" stack="goroutine`)
	logs.want(t, `level=ERROR msg="stream: boundary failed" id=3 name=stock digest=DIGEST path=/ error=boom`)
}
