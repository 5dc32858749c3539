package broker

import (
	"context"
	"encoding/json"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A Store keeps the events of topics outside of the process, so that the brokers of
// several processes serve the same topics: see Broker.Store. Package natsbroker has
// one on NATS JetStream. An implementation must allow concurrent use, by several
// brokers too.
//
// A Store numbers the events of all topics with one sequence that only grows. Its
// life is a name for that sequence. A store that was made anew has another life, and
// all processes see the same one.
type Store interface {
	// Retention returns what the store retains of each topic, at least. The
	// broker retains as much in memory for each topic that has subscribers.
	Retention() Retention
	// Append adds an event without an ID to a topic. It returns the mark of the
	// event once the store keeps it. It tries until ctx ends. The broker's ctx
	// has a deadline and the values of the context of Publish, but does not end
	// with the request. After an error that matches ErrUnavailable the event may
	// or may not have been added.
	Append(ctx context.Context, topic string, e sse.Event) (Mark, error)
	// Last returns the mark of the last event of all topics. An event that is
	// added after the call of Last has a higher number, or is that event.
	Last(ctx context.Context) (Mark, error)
	// Follow tells f all events of a topic, and then those that are added, until
	// ctx ends. It recovers by itself when the store was away. The broker calls
	// it for the first subscriber of a topic and ends ctx after the last one.
	// Shutdown waits for it to return.
	Follow(ctx context.Context, topic string, f *Feed)
	// Stats returns the state of the store. The broker fills in Behind.
	Stats() StoreStats
}

// StoreStats is the state of a Store.
type StoreStats struct {
	// Connected reports whether the store can be reached, as far as is known.
	Connected bool
	// Behind counts the topics with subscribers that lack events of the store:
	// they are just starting, or the store is away.
	Behind int
	// Restarts counts how often following a topic began anew.
	Restarts uint64
	// Err is the last error of following a topic. It is nil when all is well.
	Err error
}

// MarshalJSON includes the text of Err, which package json would leave out.
func (s StoreStats) MarshalJSON() ([]byte, error) {
	type plain StoreStats
	text := ""
	if s.Err != nil {
		text = s.Err.Error()
	}
	return json.Marshal(struct {
		plain
		Err string `json:",omitempty"`
	}{plain(s), text})
}
