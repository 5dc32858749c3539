package natsbroker_test

import (
	"log/slog"
	"strconv"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/rivulet-go/rivulet/internal/testkit"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
)

// TestLogger waits for a server, loses it and has it back.
func TestLogger(t *testing.T) {
	var own testkit.Log
	standard := testkit.WatchLog(t)
	has := func(line string) func() bool { return func() bool { return strings.Contains(own.String(), line) } }

	port, dir := freePort(t), t.TempDir()
	opened := make(chan error)
	go func() { // waited for below
		s, err := natsbroker.Open(t.Context(), natsbroker.Options{
			URL: "nats://127.0.0.1:" + strconv.Itoa(port), Stream: "LOGGER", Bytes: 1 << 20,
			Logger: slog.New(slog.NewTextHandler(&own, nil)),
		})
		if err == nil {
			t.Cleanup(func() { _ = s.Close() })
		}
		opened <- err
	}()
	until(t, "a line that it waits", has("waiting for NATS"))
	s := startServer(t, &server.Options{Port: port, StoreDir: dir})
	if err := <-opened; err != nil {
		t.Fatalf("Open() = %v, want nil", err)
	}
	stopServer(s)
	until(t, "a line that it is lost", has("is lost"))
	startServer(t, &server.Options{Port: port, StoreDir: dir})
	until(t, "a line that it is back", has("NATS is back"))
	if got := standard.String(); got != "" {
		t.Errorf("slog.Default has %q, want nothing", got)
	}
}
