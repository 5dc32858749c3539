// Package conformance holds the tests that every form of the broker passes. They
// run over real connections and on the wall clock, without sleeping on it, so
// that a form may have a server of its own behind it.
package conformance

import (
	"context"
	"iter"
	"net/http"
	"testing"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// Settings are those fields of broker.Broker that the tests set.
type Settings struct {
	Retain    broker.Retention
	Queue     int
	Slow      broker.Policy
	Limits    broker.Limits
	Subject   func(*http.Request) string
	Authorize func(r *http.Request, topic string) error
	Stream    sse.Options
}

// A Broker is what is tested, with the meaning that broker.Broker and
// broker.Topic give its methods.
type Broker interface {
	Publish(ctx context.Context, topic string, e sse.Event) (id string, err error)
	Position(ctx context.Context, topic string) (id string, err error)
	Subscribe(ctx context.Context, topic, after string) iter.Seq2[sse.Event, error]
	Handler(topic func(*http.Request) string) http.Handler
	Disconnect(match func(topic, subject string) bool) int
	Stats() broker.Stats
	Shutdown(context.Context) error
}

// A Form makes a broker that shares nothing with those it has made before: each
// is another life. It cleans up when the test ends.
type Form func(*testing.T, Settings) Broker

// Run runs all tests.
func Run(t *testing.T, form Form) {
	for _, c := range []struct {
		name string
		test func(*testing.T, Form)
	}{
		{"order", testOrder},
		{"replay", testReplay},
		{"gap", testGap},
		{"slow subscribers", testSlow},
		{"limits", testLimits},
		{"authorization", testAuthorize},
		{"disconnect", testDisconnect},
		{"shutdown", testShutdown},
		{"subscribers in the same process", testSubscribe},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, form) })
	}
}
