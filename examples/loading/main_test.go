package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/stream/streamtest"
)

func TestEachPartLoadsOrFailsByItself(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	synctest.Test(t, func(t *testing.T) {
		page := streamtest.Get(t, routes(), "/")
		for _, want := range []string{
			"Hello, Ada", "<h1>Chess</h1>", "12 reviews", "We do not know how many are left.", "Ada might like Go.",
			"once upon a time", "You are logged in as Ada.", "</html>",
		} {
			if !strings.Contains(page.HTML, want) {
				t.Errorf("the page lacks %q\n%s", want, page)
			}
		}
		for _, secret := range []string{"connection refused", "no advert today"} {
			if strings.Contains(page.Body, secret) {
				t.Errorf("page has the error %q", secret)
			}
		}
		if page.End != 2*time.Second {
			t.Errorf("page took %v, want the 2s that the stock may take", page.End)
		}
	})
	if got := log.String(); !strings.Contains(got, "connection refused") || !strings.Contains(got, "name=price") || strings.Contains(got, "no advert today") {
		t.Errorf("log = %s\nwant the price and not the advert", got)
	}
}

func TestErrorsAreShownInDevelopment(t *testing.T) {
	*dev = true
	defer func() { *dev = false }()
	synctest.Test(t, func(t *testing.T) {
		page := streamtest.Get(t, routes(), "/")
		if want := "*errors.errorString: connection refused"; !strings.Contains(page.HTML, want) {
			t.Errorf("the page lacks %q\n%s", want, page)
		}
	})
}
