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

func TestWithoutNATS(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), l, ""); err == nil || !strings.Contains(err.Error(), "NATS_URL") {
		t.Errorf("run() = %v, want one that says that NATS_URL is not set", err)
	}
}

func TestAnInstanceThatIsStoppedEndsItsStreams(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, l, newNATS(t, "127.0.0.1:0", t.TempDir()).URL()) }() // waited for below
	p := load(t, "http://"+l.Addr().String())
	if status := post(t, p.url, "Ada"); status != http.StatusSeeOther {
		t.Fatalf("POST answers %d, want %d", status, http.StatusSeeOther)
	}
	p.shows(t, "Ada")
	stop()
	if e, err := p.next(); err != io.EOF {
		t.Errorf("after the end there is %v, %v, want %v", e, err, io.EOF)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("run() = %v, want nil", err)
		}
	case <-time.After(30 * time.Second):
		t.Error("run() does not return")
	}
}
