// Package streams tests that a router streams pages.
package streams

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A Gate is a load that ends when the test has seen the shell.
type Gate chan struct{}

// Load waits for the gate.
func (g Gate) Load(ctx context.Context) (string, error) {
	select {
	case <-g:
		return "sunny, 21 °C", nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// Test requests the weather page at url, whose load is gate.Load. The shell must
// arrive while the load waits, and the rest after it has ended.
func Test(t *testing.T, url string, gate Gate) {
	t.Helper()
	// Without streaming, the request would never return.
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var page strings.Builder
	for buf := make([]byte, 4096); !strings.Contains(page.String(), "</script>"); {
		n, err := resp.Body.Read(buf)
		page.Write(buf[:n])
		if err != nil {
			t.Fatalf("shell = %q, then %v", page.String(), err)
		}
	}
	if got := page.String(); !strings.Contains(got, "looking out") || strings.Contains(got, "sunny") {
		t.Errorf("shell = %q, want it with the fallback only", got)
	}
	close(gate)
	rest, err := io.ReadAll(resp.Body)
	if err != nil || !strings.Contains(string(rest), `<template for="1"><strong>sunny, 21 °C</strong></template>`) {
		t.Errorf("rest = %q, %v, want the weather", rest, err)
	}
}
