package natsbroker_test

import (
	"context"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// The request is cancelled while NATS is away. The event is published when NATS is
// back.
func TestAnEventOutlivesItsRequestWhileNATSIsAway(t *testing.T) {
	port, dir := freePort(t), t.TempDir()
	s := startServer(t, &server.Options{Port: port, StoreDir: dir})
	b := join(t, natsbroker.Options{URL: s.ClientURL(), Stream: "AWAY", Bytes: 1 << 20})
	stopServer(s)
	until(t, "NATS to be away", func() bool { return !b.Stats().Store.Connected })
	request, finish := context.WithTimeout(t.Context(), patience)
	defer finish()
	request, leave := context.WithCancel(request)
	published := make(chan error)
	go func() { // waited for below
		_, err := b.Topic("news").Publish(request, sse.Event{Data: "x"})
		published <- err
	}()
	leave()
	select {
	case err := <-published:
		t.Fatalf("Publish() = %v while NATS is away, want it to wait", err)
	default:
	}
	startServer(t, &server.Options{Port: port, StoreDir: dir})
	if err := <-published; err != nil {
		t.Errorf("Publish() = %v when NATS is back, want nil", err)
	}
}
