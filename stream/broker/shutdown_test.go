package broker_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

func TestServerShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &broker.Broker{Stream: sse.Options{Retry: 10 * time.Second}}
		p := overPipes(t, b.Topic("news").Handler())
		p.Server.RegisterOnShutdown(func() { _ = b.Shutdown(context.Background()) })
		l := p.listen(t, "/")
		synctest.Wait()
		done := make(chan error)
		go func() { done <- p.Server.Shutdown(context.Background()) }()
		body, err := io.ReadAll(l.body)
		if lines := strings.Split(string(body), "\n"); err != nil || len(lines) != 3 || lines[0] != "retry: 10000" || !strings.HasPrefix(lines[1], "retry: ") {
			t.Errorf("body = %q, %v, want two retry lines", body, err)
		}
		if err := <-done; err != nil {
			t.Errorf("http.Server.Shutdown() = %v, want nil", err)
		}
	})
}

func TestShutdownOfAnEmptyBrokerNeedsNoTime(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 { // which of two comes first must not matter
		var b broker.Broker
		if err := b.Shutdown(ended); err != nil {
			t.Fatalf("Shutdown() = %v, want nil", err)
		}
	}
}

func TestNothingIsPublishedAfterShutdown(t *testing.T) {
	var b broker.Broker
	if err := b.Shutdown(t.Context()); err != nil {
		t.Fatalf("Shutdown() = %v, want nil", err)
	}
	if _, err := b.Topic("news").Publish(t.Context(), sse.Event{}); !errors.Is(err, broker.ErrClosed) {
		t.Errorf("Publish() = %v, want %v", err, broker.ErrClosed)
	}
}
