package broker_test

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// One topic has two handlers: a page reconnects soon and is loaded again when it
// has missed much. Programs of partners wait longer and receive everything.
func ExampleTopic_HandlerWith() {
	ctx := context.Background()
	b := broker.Broker{Stream: sse.Options{Heartbeat: -1}}
	prices := b.Topic("prices")
	pages := prices.HandlerWith(broker.HandlerOptions{Retry: time.Second, Replay: 2})
	partners := prices.HandlerWith(broker.HandlerOptions{Retry: time.Minute, WriteTimeout: 5 * time.Minute})

	start, _ := prices.Position(ctx)
	for _, price := range []string{"41", "42", "43"} {
		_, _ = prices.Publish(ctx, sse.Event{Data: price})
	}
	receive(pages, 1, "Last-Event-ID", start)
	receive(partners, 3, "Last-Event-ID", start)
	// Output:
	// retry: 1000
	// event: gap
	// data: expired
	// retry: 60000
	// data: 41
	// data: 42
	// data: 43
}

// A handler of many topics can have options, too.
func ExampleBroker_HandlerWith() {
	b := broker.Broker{
		Stream:    sse.Options{Heartbeat: -1},
		Authorize: func(_ *http.Request, topic string) error { return nil },
	}
	rooms := b.HandlerWith(func(*http.Request) string { return "room-1" }, broker.HandlerOptions{Retry: 2 * time.Second})
	start, _ := b.Topic("room-1").Position(context.Background())
	_, _ = b.Topic("room-1").Publish(context.Background(), sse.Event{Data: "hello"})
	receive(rooms, 1, "Last-Event-ID", start)
	// Output:
	// retry: 2000
	// data: hello
}

// The figures of one topic tell when nobody watches it any more.
func ExampleTopic_Stats() {
	ctx := context.Background()
	var b broker.Broker
	answer := b.Topic("answer-4711")
	_, _ = answer.Publish(ctx, sse.Event{Data: "It is done."})
	_ = answer.End(ctx)
	s := answer.Stats()
	fmt.Println(s.Subscribers, s.Events, s.Ended)
	// Output: 0 2 true
}
