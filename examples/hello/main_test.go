package main

import (
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/stream"
)

func TestThePageShowsTheWeather(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		w := httptest.NewRecorder()
		stream.Handler(stream.Component(Page())).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))

		for _, want := range []string{"<h1>Hello</h1>", "<strong>sunny, 21 °C</strong>", "</html>"} {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("page = %q, want it to contain %q", w.Body, want)
			}
		}
		if took := time.Since(start).Truncate(time.Millisecond); took != 2*time.Second {
			t.Errorf("page took %v, want the 2s of its load", took)
		}
	})
}
