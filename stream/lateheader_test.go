package stream_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

// TestHeadersInLoads has loads that set cookies at the same time. It is for the
// race detector, and for the runtime, which ends the process.
func TestHeadersInLoads(t *testing.T) {
	logs := captureLog(t)
	h := stream.Handler(func(w http.ResponseWriter, r *http.Request) (templ.Component, error) {
		http.SetCookie(w, &http.Cookie{Name: "page", Value: "1"})
		var parts []templ.Component
		for range 20 {
			parts = append(parts, slot(func(context.Context) (templ.Component, error) {
				for range 100 {
					http.SetCookie(w, &http.Cookie{Name: "load", Value: "1"})
				}
				w.WriteHeader(202)
				if _, err := io.WriteString(w, "stray"); err == nil {
					t.Error("a load wrote into the page")
				}
				if err := http.NewResponseController(w).Flush(); err == nil {
					t.Error("a load flushed the page")
				}
				return html("1"), nil
			}))
		}
		early := templ.ComponentFunc(func(context.Context, io.Writer) error {
			http.SetCookie(w, &http.Cookie{Name: "component", Value: "1"})
			return nil
		})
		return page(append([]templ.Component{early}, parts...)...), nil
	})
	for range 20 {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
		var got []string
		for _, c := range rec.Result().Cookies() {
			got = append(got, c.Name)
		}
		if strings.Join(got, " ") != "page component" || strings.Contains(rec.Body.String(), "stray") {
			t.Errorf("cookies = %q, page = %q", got, rec.Body)
		}
	}
	if got := strings.Count(logs.String(), "Header was called in a load"); got != 1 {
		t.Errorf("%d warnings, want 1", got)
	}
}
