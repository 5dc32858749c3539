package main

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/stream/inspect"
)

func TestAResponseIsSeenEverywhere(t *testing.T) {
	failed.Init()
	firstByte.Init()
	var log bytes.Buffer
	inspector := inspect.New(10)
	site := routes(inspector, slog.New(slog.NewTextHandler(&log, nil)))
	server := httptest.NewServer(site)
	header, trailer := get(t, server.URL+"/")
	server.Close() // waits until the response has ended

	contains(t, log.String(), `msg="stream: response" path=/ mode="out of order" status=200`, "boundaries=2 failed=1",
		`msg="stream: boundary failed" id=2 name=price`, `error="connection refused"`)
	contains(t, header.Get("Server-Timing"), "shell;dur=")
	contains(t, trailer.Get("Server-Timing"), "weather")
	contains(t, ask(site, inspector.URL("/inspect")+"&format=json"), `"path": "/"`, `"failures": 1`)
	contains(t, ask(site, "/debug/vars"), `"boundaries_failed": {"price": 1}`, `"pages_open": 0`, `"count": 1`)
}

func contains(t *testing.T, text string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("%s\ndoes not contain %s", text, want)
		}
	}
}

func ask(site http.Handler, url string) string {
	w := httptest.NewRecorder()
	site.ServeHTTP(w, httptest.NewRequest("GET", url, nil))
	return w.Body.String()
}

// get returns the header and the trailer of a page.
func get(t *testing.T, url string) (header, trailer http.Header) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.Header, resp.Trailer
}
