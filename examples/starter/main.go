// go run .

// Command starter is a small shop, to begin a program with. README.md says what
// is where.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alexedwards/scs/v2"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "the address to listen on")
	dev := flag.Bool("dev", false, "show errors in the page, and allow the session without TLS")
	flag.Parse()

	sessions := scs.New() // in memory: they end with the program
	sessions.Cookie.Secure = !*dev
	s := newSite(sessions, *dev)
	server := &http.Server{
		Handler:           s.routes(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second, // of a request with its body
		WriteTimeout:      30 * time.Second, // of each write of a page or a stream
		IdleTimeout:       2 * time.Minute,
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	stopped := make(chan error, 1)
	go func() { // main waits for it below
		<-ctx.Done()
		ending, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		// Streams do not end by themselves, so the broker ends them first.
		stopped <- errors.Join(s.shop.events.Shutdown(ending), server.Shutdown(ending))
	}()
	l, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s/\n", l.Addr())
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
	if err := <-stopped; err != nil {
		log.Fatal(err)
	}
}
