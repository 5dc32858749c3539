package natsbroker_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
)

func run(ctx context.Context, server *http.Server, mux *http.ServeMux) error {
	opening, cancel := context.WithTimeout(ctx, 15*time.Second) // how long Open waits for NATS
	defer cancel()
	store, err := natsbroker.Open(opening, natsbroker.Options{URL: os.Getenv("NATS_URL")})
	if err != nil {
		return err
	}
	b := &broker.Broker{Store: store}
	mux.Handle("GET /prices", b.Topic("prices").Handler())

	served := make(chan error, 1)
	go func() { served <- server.ListenAndServe() }() // Shutdown ends it
	select {
	case err = <-served:
	case <-ctx.Done():
	}

	ending, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return errors.Join(err,
		b.Shutdown(ending),      // the streams end, handlers may still publish
		server.Shutdown(ending), // the handlers end
		store.Close(),
	)
}

// The life of a program with a Store.
func ExampleOpen_program() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	mux := http.NewServeMux()
	_ = run(ctx, &http.Server{Addr: "127.0.0.1:8080", Handler: mux}, mux)
}
