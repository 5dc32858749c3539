package natsbroker_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker/embedded"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// Two brokers, as in two processes, share one store. The id of an event that the
// first broker has published is valid on the second.
func Example() {
	ctx := context.Background()
	server, err := embedded.Start(embedded.Options{})
	if err != nil {
		panic(err)
	}
	defer server.Close()
	var nodes [2]*broker.Broker
	for i := range nodes {
		store, err := natsbroker.Open(ctx, natsbroker.Options{Server: server})
		if err != nil {
			panic(err)
		}
		defer func() { _ = store.Close() }()
		nodes[i] = &broker.Broker{Store: store}
		defer func() { _ = nodes[i].Shutdown(ctx) }()
	}
	id, _ := nodes[0].Topic("guests").Publish(ctx, sse.Event{Data: "Ada"})
	_, _ = nodes[1].Topic("guests").Publish(ctx, sse.Event{Data: "Grace"})
	for e, err := range nodes[1].Topic("guests").Subscribe(ctx, id) {
		fmt.Println(e.Data, err)
		break
	}
	// Output: Grace <nil>
}

// A separate NATS server, with credentials and TLS.
func ExampleOpen() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	store, err := natsbroker.Open(ctx, natsbroker.Options{
		URL: "tls://nats-1.example:4222,tls://nats-2.example:4222",
		Connect: []nats.Option{
			nats.UserCredentials("board.creds"),
			nats.RootCAs("ca.pem"),
		},
		Stream:   "BOARD",
		Retain:   broker.Retention{Count: 500, Age: time.Hour},
		Replicas: 3,
	})
	if err != nil {
		fmt.Println("no store")
		return
	}
	defer func() { _ = store.Close() }()
	b := &broker.Broker{Store: store}
	http.Handle("GET /board", b.Topic("board").Handler())
}

// While NATS is down, Publish waits for its context and returns
// broker.ErrUnavailable. The program has to publish the event again: otherwise
// open pages stay out of date.
func ExampleStore_Append() {
	server, err := embedded.Start(embedded.Options{})
	if err != nil {
		panic(err)
	}
	store, err := natsbroker.Open(context.Background(), natsbroker.Options{Server: server})
	if err != nil {
		panic(err)
	}
	defer func() { _ = store.Close() }()
	b := &broker.Broker{Store: store}
	server.Close()

	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	_, err = b.Topic("board").Publish(ctx, sse.Event{Data: "nobody hears this"})
	fmt.Println(errors.Is(err, broker.ErrUnavailable))
	// Output: true
}
