package broker

import (
	"context"
	"encoding/json"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A Store keeps the events of topics outside of the process, so that several
// processes can be brokers of the same topics: see Broker.Store. Package natsbroker
// has one on NATS JetStream. An implementation may be used by any number of
// goroutines, and by several brokers, at once.
//
// A Store numbers the events of all topics with one sequence that only grows. What
// it calls its life changes when the numbers no longer mean what they meant,
// because the store has been made anew; all processes must see the same one.
type Store interface {
	// Retention says what the store retains of each topic, by now or more. The
	// broker retains as much in memory for each topic that has subscribers.
	Retention() Retention
	// Append adds an event, which has no ID, to a topic and returns its mark
	// when it is kept. It tries for as long as ctx lasts: the broker's ctx has
	// a deadline and the values of that of Publish, but does not end with a
	// request that is given up. An error that matches ErrUnavailable leaves
	// open whether the event has been added.
	Append(ctx context.Context, topic string, e sse.Event) (Mark, error)
	// Last returns the mark of the event that was added last, on whichever
	// topic. Whatever is added after Last has been called has a higher number,
	// or has been counted.
	Last(ctx context.Context) (Mark, error)
	// Follow tells f all that the store has of a topic, and then what is added
	// to it, until ctx ends. It goes on by itself when the store has been away.
	// The broker calls it when a topic has its first subscriber and ends ctx
	// when its last has gone; Shutdown waits for it to return.
	Follow(ctx context.Context, topic string, f *Feed)
	// Stats returns the state of the store. The broker fills in Behind.
	Stats() StoreStats
}

// StoreStats is the state of a Store.
type StoreStats struct {
	// Connected means that the store can be reached as far as is known.
	Connected bool
	// Behind is how many topics with subscribers do not have what the store has:
	// they are just starting, or the store is away.
	Behind int
	// Restarts is how many times following a topic began anew.
	Restarts uint64
	// Err is why the store could not be followed when that last went wrong. It
	// is nil when all is well.
	Err error
}

// MarshalJSON has the text of Err, which package json would leave out.
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
