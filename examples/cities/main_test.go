package main

import (
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestACityHasItsWeatherAndItsEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		w := httptest.NewRecorder()
		routes().ServeHTTP(w, httptest.NewRequest("GET", "/cities/rome", nil))

		for _, want := range []string{"<h1>Rome</h1>", "sunny, 21 °C", "Night of the museums", "</html>"} {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("page = %q, want it to contain %q", w.Body, want)
			}
		}
		if took := time.Since(start).Truncate(time.Millisecond); took != 2*time.Second {
			t.Errorf("page took %v, want the 2s of its slowest load", took)
		}
	})
}

func TestAnotherCityIsMissing(t *testing.T) {
	w := httptest.NewRecorder()
	routes().ServeHTTP(w, httptest.NewRequest("GET", "/cities/atlantis", nil))
	if w.Code != 404 {
		t.Errorf("status = %d, want 404", w.Code)
	}
}
