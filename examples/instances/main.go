// Command instances serves the guest list of examples/guests from any number of
// processes that share a NATS server: a guest that is added through one of them
// appears on the pages of all. To start a server and two processes:
//
//	go -C examples run -tags nats ./demo -nats embedded
//	NATS_URL=nats://127.0.0.1:4222 go -C examples run ./instances -addr 127.0.0.1:8081
//	NATS_URL=nats://127.0.0.1:4222 go -C examples run ./instances -addr 127.0.0.1:8082
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "`host:port` to serve on")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second interrupt ends the process at once
	l, err := net.Listen("tcp", *addr)
	if err == nil {
		err = run(ctx, l, os.Getenv("NATS_URL"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "instances:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, l net.Listener, url string) error {
	defer l.Close()
	if url == "" {
		return errors.New("NATS_URL is not set; to try it, start a server with `go -C examples run -tags nats ./demo -nats embedded`" +
			" or `nats-server -js` and set NATS_URL=nats://127.0.0.1:4222")
	}
	// Without a deadline, Open would wait for NATS until a signal ends ctx.
	fmt.Println("connecting to NATS")
	opening, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	store, err := natsbroker.Open(opening, natsbroker.Options{URL: url, Stream: "GUESTS", Bytes: 64 << 20})
	if err != nil {
		return err
	}
	defer store.Close() // after everything below that uses the store
	g, err := open(opening, store)
	if err != nil {
		return err
	}

	announcing, stop := context.WithCancel(context.Background())
	var announced sync.WaitGroup
	announced.Go(func() { g.announce(announcing) })
	server := &http.Server{Handler: g.routes(), ReadHeaderTimeout: 5 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }() // Shutdown below ends it
	fmt.Printf("http://%s/\n", l.Addr())
	select {
	case err = <-served:
	case <-ctx.Done():
	}

	ending, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	// End the streams first, since they do not end by themselves, then the requests,
	// which may still change the list, and then the publication of the list.
	err = errors.Join(err, g.broker.Shutdown(ending))
	err = errors.Join(err, server.Shutdown(ending))
	stop()
	announced.Wait()
	return err
}
