package middlewaretest_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// haproxyConf compresses what it can.
const haproxyConf = `
defaults
	mode http
	timeout connect 5s
	timeout client 60s
	timeout server 60s
frontend all
	bind %s
	compression algo gzip
	compression type text/event-stream
	default_backend one
backend one
	server one %s
`

// compressingHAProxy runs HAProxy before upstream and returns its URL.
func compressingHAProxy(t *testing.T, upstream string) string {
	t.Helper()
	path, addr := lookPath(t, "haproxy"), freeAddr(t)
	conf := filepath.Join(t.TempDir(), "haproxy.cfg")
	if err := os.WriteFile(conf, fmt.Appendf(nil, haproxyConf, addr, strings.TrimPrefix(upstream, "http://")), 0o600); err != nil {
		t.Fatal(err)
	}
	return startProgram(t, exec.Command(path, "-db", "-f", conf), addr)
}

// TestHAProxy has a proxy that compresses event streams. Its gzip ends a flush a
// few bytes late, so that each event is delivered with the next one. The
// Cache-Control no-transform, which streams have by default, turns it off.
func TestHAProxy(t *testing.T) {
	next := make(chan int)
	events := sse.Options{Heartbeat: -1}.Handler(func(ctx context.Context, s *sse.Stream) error {
		for {
			select {
			case i := <-next:
				if err := s.Send(sse.Event{Data: fmt.Sprint(i)}); err != nil {
					return err
				}
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	})
	for _, c := range []struct {
		name    string
		control string // "": the default
	}{
		{"the default is not compressed, and each event comes at once", ""},
		{"what the program has set stays, and is compressed", "no-store"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if c.control != "" {
					w.Header().Set("Cache-Control", c.control)
				}
				events.ServeHTTP(w, r)
			}), false)
			v := get(t, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, compressingHAProxy(t, s.URL))
			want := c.control
			if want == "" {
				want = "no-store, no-transform"
			}
			if got := v.Header.Get("Cache-Control"); got != want {
				t.Errorf("Cache-Control = %q, want %q", got, want)
			}
			if v.Uncompressed != (c.control != "") {
				t.Fatalf("compressed = %v", v.Uncompressed)
			}
			if v.Uncompressed {
				return
			}
			lines := bufio.NewReader(v.Body)
			for i := range 3 {
				next <- i
				if line, err := lines.ReadString('\n'); err != nil || line != fmt.Sprintf("data: %d\n", i) {
					t.Fatalf("line = %q, %v, want event %d", line, err, i)
				}
				if _, err := lines.ReadString('\n'); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
