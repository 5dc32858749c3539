// Command instances serves the guest list of examples/guests from any number of
// processes, which have a NATS server in common: who is added by one of them
// appears on the pages of all. A server, and two of them:
//
//	go -C examples run ./demo -nats embedded
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
		return errors.New("NATS_URL is not set. For a server to try with, run `go -C examples run ./demo -nats embedded`" +
			" or `nats-server -js`, then set NATS_URL=nats://127.0.0.1:4222")
	}
	// Open waits for NATS as long as it may: until a signal, if nobody says less.
	fmt.Println("connecting to NATS")
	opening, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	store, err := natsbroker.Open(opening, natsbroker.Options{URL: url, Stream: "GUESTS", Bytes: 64 << 20})
	if err != nil {
		return err
	}
	defer store.Close() // when nobody uses it any more, after all that follows
	g, err := open(opening, store)
	if err != nil {
		return err
	}

	announcing, stop := context.WithCancel(context.Background())
	var announced sync.WaitGroup
	announced.Go(func() { g.announce(announcing) })
	server := &http.Server{Handler: g.routes(), ReadHeaderTimeout: 5 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }() // which Shutdown below ends
	fmt.Printf("http://%s/\n", l.Addr())
	select {
	case err = <-served:
	case <-ctx.Done():
	}

	ending, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	// First the streams, which do not end by themselves, then the requests that
	// still change the list, then what is to be published of that.
	err = errors.Join(err, g.broker.Shutdown(ending))
	err = errors.Join(err, server.Shutdown(ending))
	stop()
	announced.Wait()
	return err
}
