package broker_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/rivulet-go/rivulet/stream/broker"
)

var prices broker.Broker

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /prices", prices.Topic("prices").Handler())
	return mux
}

func changed(ctx context.Context, cents int) error {
	_, err := prices.Topic("prices").PublishComponent(ctx, price(cents))
	return err
}

// One line serves a topic, and one publishes on it. Nobody has to listen.
func ExampleBroker_program() {
	server := httptest.NewServer(routes())
	defer server.Close()
	fmt.Println(changed(context.Background(), 4711))
	// Output: <nil>
}
