package broker

import (
	"context"
	"encoding/json"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A Store keeps the events of topics outside the process, so that the brokers of
// several processes serve the same topics: see Broker.Store. Package natsbroker
// implements one with NATS JetStream. A Store must allow concurrent use, by
// several brokers too.
//
// A Store numbers the events of all topics in one sequence that only grows. The
// life of a Store is the name of that sequence, and is the same for all
// processes. A Store that has lost its events and starts again has another life.
type Store interface {
	// Retention returns the limits of what the store keeps of each topic. The
	// store may keep more. The broker keeps as much in memory for each topic that
	// has subscribers.
	Retention() Retention
	// Append adds an event without an ID to a topic, and returns the mark of the
	// event once the store keeps it. It retries until ctx ends. The broker passes
	// a ctx that has a deadline and the values of the context of Publish, but does
	// not end with the request. After an error that matches ErrUnavailable, the
	// event may or may not have been added. If the topic has ended, Append adds
	// nothing and returns ErrEnded, whichever process has ended it.
	Append(ctx context.Context, topic string, e sse.Event) (Mark, error)
	// AppendAfter adds an event as Append does, but only if the last event of the
	// topic that the store keeps has the number last, or if the store keeps none and
	// last is zero. The end of a topic counts as an event. AppendAfter reports whether
	// it has added the event. Of two calls with the same number, by any brokers, at
	// most one adds its event. A store that has to ask again after it got no answer
	// may report false for an event that it has added.
	AppendAfter(ctx context.Context, topic string, last uint64, e sse.Event) (m Mark, added bool, err error)
	// End ends a topic, as Append adds an event. The store keeps the end for as
	// long as it would keep an event, and reports it to each Feed as the last event
	// of the topic, with its number: see Feed.End. For a topic that has ended, End
	// returns the mark of that end.
	End(ctx context.Context, topic string) (Mark, error)
	// Last returns the mark of the last event of all topics. Every event that is
	// added after the call of Last has this number or a higher one.
	Last(ctx context.Context) (Mark, error)
	// Follow reports to f all retained events of a topic, and then each new event,
	// until ctx ends. It recovers by itself after the store was out of reach. The
	// broker calls Follow for the first subscriber of a topic and ends ctx after
	// the last one has left. Shutdown waits for Follow to return.
	Follow(ctx context.Context, topic string, f *Feed)
	// Stats returns the state of the store. The broker sets the field Behind.
	Stats() StoreStats
}

// StoreStats is the state of a Store.
type StoreStats struct {
	// Connected reports whether the store can be reached, as far as is known.
	Connected bool
	// Behind counts the topics with subscribers that may lack events of the store,
	// because they are just starting or because the store is out of reach.
	Behind int
	// Restarts counts how often the store had to start again to follow a topic.
	Restarts uint64
	// Err is the last error of following a topic. It is nil when all topics are
	// followed.
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
