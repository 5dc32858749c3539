package stream_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// TestHintOutsideAResponse serves pages by other handlers. They come whole, which
// is quiet in a browser, so it is said.
func TestHintOutsideAResponse(t *testing.T) {
	c := page(slot(after(0, html("1"))), slot(after(0, html("2"))))
	serve := func(h http.Handler) func() {
		return func() {
			r := httptest.NewRequest("GET", "/", nil)
			r = r.WithContext(context.WithValue(r.Context(), http.ServerContextKey, new(http.Server)))
			h.ServeHTTP(httptest.NewRecorder(), r)
		}
	}
	for _, tt := range []struct {
		name  string
		serve func()
		hints int
	}{
		{"templ.Handler", serve(templ.Handler(c)), 1},
		{"templ.Handler with streaming", serve(templ.Handler(c, templ.WithStreaming())), 1},
		{"a component that a handler renders", serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _ = c.Render(r.Context(), w) })), 1},
		{"a sequence", serve(templ.Handler(row(each(piece{0, html("1"), nil})))), 1},
		{"a page without boundaries", serve(templ.Handler(page(html("1")))), 0},
		{"stream.Handler", serve(stream.Handler(stream.Component(c))), 0},
		{"stream.Handler and another writer", serve((&stream.Renderer{Logger: slog.New(slog.DiscardHandler)}).Handler(stream.Component(upper(c)))), 0},
		{"an e-mail", func() { _ = c.Render(context.Background(), new(bytes.Buffer)) }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			stream.ForgetHint()
			var log bytes.Buffer
			defer slog.SetDefault(slog.Default())
			slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
			tt.serve()
			tt.serve()
			if got := strings.Count(log.String(), "so it does not stream"); got != tt.hints {
				t.Errorf("%d hints, want %d:\n%s", got, tt.hints, &log)
			}
		})
	}
}
