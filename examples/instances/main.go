// NATS_URL=embedded go -C examples run ./instances

// Command instances serves the guest list of examples/guests from any number of
// processes that share a NATS server: a guest that is added through one of them
// appears on the pages of all. The first process starts the server. It prints the
// command that starts a second.
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
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker/embedded"
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
		return errors.New("NATS_URL is not set: it is the URL of a NATS server with JetStream, or \"embedded\" for one in this process")
	}
	options := natsbroker.Options{URL: url, Stream: "GUESTS", Bytes: 64 << 20}
	if url == "embedded" {
		server, err := startNATS()
		if err != nil {
			return err
		}
		defer server.Close()
		options.URL, options.Server = "", server
	}
	// Without a deadline, Open would wait for NATS until a signal ends ctx.
	fmt.Println("connecting to NATS")
	opening, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	store, err := natsbroker.Open(opening, options)
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

// startNATS starts a server for this process and for others on this machine. It
// keeps its files in the folder for temporary files.
func startNATS() (*embedded.Server, error) {
	server, err := embedded.Start(embedded.Options{Dir: filepath.Join(os.TempDir(), "rivulet-instances"), Addr: "127.0.0.1:4222"})
	if err == nil {
		fmt.Printf("for a second process: NATS_URL=%s go -C examples run ./instances -addr 127.0.0.1:8082\n", server.URL())
	}
	return server, err
}
