package stream_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http/httptest"
	"regexp"
	"testing"
	"testing/synctest"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

func TestSlog(t *testing.T) {
	for _, tt := range []struct {
		name string
		page templ.Component
		want string
	}{
		{"a response", page(at(stream.Boundary{Name: "a", Load: after(100*ms, html("1"))})),
			"level=INFO msg=\"stream: response\" path=/a mode=\"out of order\" status=200 duration=100ms bytes=70 boundaries=1 failed=0\n"},
		{"a failure", page(at(stream.Boundary{Name: "a", Load: failing(100*ms, errBoom)})),
			"level=ERROR msg=\"stream: boundary failed\" id=1 name=a digest=DIGEST path=/a error=boom\n" +
				"level=INFO msg=\"stream: response\" path=/a mode=\"out of order\" status=200 duration=100ms bytes=136 boundaries=1 failed=1\n"},
		{"a page that fails before its first byte", half("", func() error { return errBoom }),
			"level=ERROR msg=\"stream: response\" path=/a mode=\"out of order\" status=0 duration=0s bytes=0 boundaries=0 failed=0 error=\"stream: page not sent: boom\"\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				rd := stream.Renderer{Script: stream.NoScript(), Trace: stream.Slog(slog.New(slog.NewTextHandler(&out, withoutTime)))}
				_ = rd.Render(newRecorder(), httptest.NewRequest("GET", "/a?token=secret", nil), tt.page)
				got := regexp.MustCompile(`digest=\w{8}`).ReplaceAllString(out.String(), "digest=DIGEST")
				if got != tt.want {
					t.Errorf("log:\n%swant:\n%s", got, tt.want)
				}
			})
		})
	}
	t.Run("a client that has left is no error of ours", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var out bytes.Buffer
			ctx, cancel := context.WithTimeoutCause(t.Context(), 50*ms, nil)
			defer cancel()
			left, leave := context.WithCancel(t.Context())
			context.AfterFunc(ctx, leave)
			rd := stream.Renderer{Trace: stream.Slog(slog.New(slog.NewTextHandler(&out, withoutTime)))}
			_ = rd.Render(newRecorder(), httptest.NewRequest("GET", "/", nil).WithContext(left), page(slot(after(100*ms))))
			if got := out.String(); !regexp.MustCompile(`^level=INFO .* error="stream: context canceled"\n$`).MatchString(got) {
				t.Errorf("log = %s, want one line of level INFO", got)
			}
		})
	})
	t.Run("without a logger it is slog's default", func(t *testing.T) {
		logs := captureLog(t)
		rd := stream.Renderer{Trace: stream.Slog(nil)}
		_ = rd.Render(newRecorder(), httptest.NewRequest("GET", "/", nil), html("1"))
		if got := logs.String(); !regexp.MustCompile(`msg="stream: response"`).MatchString(got) {
			t.Errorf("log = %q, want a line of the response", got)
		}
	})
}

var withoutTime = &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}}
