package natsbroker_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker/embedded"
)

// The connection between a broker and NATS is cut at random bytes. Some events are
// added without an answer to their publisher, which tries again.
func TestAnEventWhoseAnswerIsLostIsAddedOnce(t *testing.T) {
	s := newServer(t, embedded.Options{Addr: "127.0.0.1:0"})
	direct := newNode(t, natsbroker.Options{Server: s, Stream: "ANSWERS"})
	p := newProxy(t, 0, strings.TrimPrefix(s.URL(), "nats://"))
	conn, err := nats.Connect("nats://"+p.Addr().String(), nats.MaxReconnects(-1), nats.ReconnectBufSize(-1),
		nats.ReconnectWait(time.Millisecond), nats.ReconnectJitter(time.Millisecond, time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	cutOff := newNode(t, natsbroker.Options{Conn: conn, Stream: "ANSWERS"})
	start, err := direct.Topic("news").Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.cuts.Store(40)
	if err := conn.ForceReconnect(); err != nil {
		t.Fatal(err)
	}
	published := 0
	for ; p.cuts.Load() > 0; published++ {
		publish(t, cutOff, "news", strconv.Itoa(published))
	}
	publish(t, direct, "news", "end")
	next := 0
	for e, err := range direct.Topic("news").Subscribe(t.Context(), start) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Data == "end" {
			break
		}
		if e.Data != strconv.Itoa(next) {
			t.Fatalf("after %d events came %q", next, e.Data)
		}
		next++
	}
	if next != published {
		t.Errorf("%d events came, want %d", next, published)
	}
}
