package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestShutdownEndsPagesAndStreams(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { // the test waits for it below
		stopped <- run(ctx, l, waits{drain: time.Second, pages: 200 * time.Millisecond, all: 10 * time.Second})
	}()
	url := "http://" + l.Addr().String()
	if got := status(t, url+"/healthz"); got != 200 {
		t.Errorf("healthz = %d, want 200", got)
	}
	page, events := open(t, url+"/"), open(t, url+"/events")

	stop()
	for status(t, url+"/healthz") == 200 { // until the signal has arrived
		time.Sleep(time.Millisecond)
	}
	if text, err := io.ReadAll(page); err != nil || !strings.Contains(string(text), "could not be loaded") || !strings.HasSuffix(string(text), "</html>") {
		t.Errorf("page = %s, %v\nwant an error view and a proper end", text, err)
	}
	if text, err := io.ReadAll(events); err != nil || !strings.Contains(string(text), "retry:") {
		t.Errorf("events = %q, %v; want a proper end with a retry", text, err)
	}
	select {
	case err := <-stopped:
		if err != nil {
			t.Errorf("run() = %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the server does not stop")
	}
}

// open returns the body of the answer, which has begun.
func open(t *testing.T, url string) io.Reader {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp.Body
}

func status(t *testing.T, url string) int {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}
