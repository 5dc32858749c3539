// go -C examples run ./deploy

// Command deploy has the server that a program in production needs: its
// timeouts, an answer for health checks, and a shutdown that ends open pages
// and streams.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/broker"
	"github.com/rivulet-go/rivulet/stream/sse"
	"github.com/rivulet-go/rivulet/templates"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	l, err := net.Listen("tcp", cmp.Or(os.Getenv("ADDR"), "127.0.0.1:8080"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s/\n", l.Addr())
	if err := run(ctx, l, waits{drain: 3 * time.Second, pages: 10 * time.Second, all: 20 * time.Second}); err != nil {
		log.Fatal(err)
	}
}

// Waits are the times of a shutdown. The last two begin when the first has passed.
type waits struct {
	drain time.Duration // requests still come, until the load balancer has noticed
	pages time.Duration // then pages that are still loading end with error views
	all   time.Duration // then connections are closed
}

// run serves until ctx ends. Then it shuts down.
func run(ctx context.Context, l net.Listener, w waits) error {
	until, endPages := context.WithCancel(context.Background())
	defer endPages()
	s := newSite(until)
	server := &http.Server{
		Handler:           s.routes(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second, // of a request with its body
		WriteTimeout:      30 * time.Second, // of each write of a page or a stream
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
	stopped := make(chan error, 1)
	go func() { // run waits for it below
		<-ctx.Done()
		s.stopping.Store(true)
		time.Sleep(w.drain)
		ending, cancel := context.WithTimeout(context.Background(), w.all)
		defer cancel()
		defer time.AfterFunc(w.pages, endPages).Stop()
		// Streams do not end by themselves, so the broker ends them first.
		stopped <- errors.Join(s.events.Shutdown(ending), server.Shutdown(ending))
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return errors.Join(<-stopped, server.Close())
}

type site struct {
	pages    stream.Renderer
	events   broker.Broker
	stopping atomic.Bool
}

func newSite(until context.Context) *site {
	return &site{
		pages:  stream.Renderer{Until: until, ErrorView: templates.ErrorCard},
		events: broker.Broker{Stream: sse.Options{Retry: 2 * time.Second}},
	}
}

func (s *site) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", s.pages.Handler(stream.Component(Page())))
	mux.Handle("GET /events", s.events.Topic("news").Handler())
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		if s.stopping.Load() { // so that the load balancer sends no more
			http.Error(w, "stopping", http.StatusServiceUnavailable)
		}
	})
	return mux
}

// report takes longer than anybody wants to wait at a shutdown.
func report(ctx context.Context) (string, error) {
	select {
	case <-time.After(20 * time.Second):
		return "All is well.", nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}
