// Package conformance holds the tests that every broker passes, whatever its
// Store. They use real connections and the wall clock, since a Store may have a
// server of its own. They do not sleep.
package conformance

import (
	"context"
	"iter"
	"net/http"
	"testing"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// Settings are the fields of broker.Broker that the tests set.
type Settings struct {
	Retain    broker.Retention
	Queue     int
	Slow      broker.Policy
	Limits    broker.Limits
	Subject   func(*http.Request) string
	Authorize func(r *http.Request, topic string) error
	Stream    sse.Options
}

// A Broker is the subject of a test. Its methods have the meaning that
// broker.Broker and broker.Topic give them.
type Broker interface {
	Publish(ctx context.Context, topic string, e sse.Event) (id string, err error)
	End(ctx context.Context, topic string) error
	Position(ctx context.Context, topic string) (id string, err error)
	Subscribe(ctx context.Context, topic, after string) iter.Seq2[sse.Event, error]
	Handler(topic func(*http.Request) string) http.Handler
	Disconnect(match func(topic, subject string) bool) int
	Stats() broker.Stats
	Shutdown(context.Context) error
}

// A Form makes a broker that shares nothing with earlier ones: each broker has a
// life of its own. It cleans up when the test ends.
type Form func(*testing.T, Settings) Broker

// Run runs all tests on the brokers of a Form.
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
		{"end", testEnd},
		{"subscribers in the same process", testSubscribe},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, form) })
	}
}
