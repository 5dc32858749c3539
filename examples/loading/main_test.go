package main

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestEachPartLoadsOrFailsByItself(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		w := httptest.NewRecorder()
		routes().ServeHTTP(w, httptest.NewRequest("GET", "/", nil))

		page := w.Body.String()
		for _, want := range []string{
			"Hello, Ada", "<h1>Chess</h1>", "12 reviews", "We do not know how many are left.", "Ada might like Go.",
			"once ", "time ", "You are logged in as Ada.", "</html>",
		} {
			if !strings.Contains(page, want) {
				t.Errorf("page = %s\nwant it to contain %q", page, want)
			}
		}
		for _, secret := range []string{"connection refused", "no advert today"} {
			if strings.Contains(page, secret) {
				t.Errorf("page has the error %q", secret)
			}
		}
		if took := time.Since(start).Truncate(10 * time.Millisecond); took != 2*time.Second {
			t.Errorf("page took %v, want the 2s that the stock may take", took)
		}
	})
	if got := log.String(); !strings.Contains(got, "connection refused") || !strings.Contains(got, "name=price") || strings.Contains(got, "no advert today") {
		t.Errorf("log = %s\nwant the price and not the advert", got)
	}
}
