// go -C examples run ./demo

// Command demo serves a site of streamed pages that do real work on real data. It
// shows what Rivulet does, in code to copy.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/rivulet-go/rivulet/examples/demo/board"
	"github.com/rivulet-go/rivulet/examples/demo/chat"
	"github.com/rivulet-go/rivulet/examples/demo/flights"
)

func main() {
	addr := flag.String("addr", "", "`host:port` to serve on (default 127.0.0.1:8080, or the next free port)")
	url := flag.String("nats", "", "the `URL` of the NATS server that instances of the demo are connected by, or \"embedded\" for one in this process (default $NATS_URL); needs a build with -tags nats")
	flag.Parse()
	if *url == "" {
		*url = os.Getenv("NATS_URL")
	}

	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, nil)))
	if err := serve(*addr, *url); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// serve answers requests until the process is interrupted. It then ends the open
// boards and lets the other pages finish.
func serve(addr, nats string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	b, leave, err := openBoard(ctx, nats, flights.Dir())
	if err != nil {
		return err
	}
	defer leave()
	s, err := openStock(ctx, flights.Dir(), b, os.Stderr)
	if err != nil {
		return err
	}
	defer s.Close()
	l, err := listen(addr)
	if err != nil {
		return err
	}
	fmt.Printf("http://%s/\n", l.Addr())
	fmt.Println("inspector:", s.inspector.URL(fmt.Sprintf("http://%s/inspect/", l.Addr())))

	server := &http.Server{Handler: site(s), ReadHeaderTimeout: 5 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }() // serve waits for it below, in either case
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}

	stop() // a second interrupt ends the process at once
	slog.Info("stopping, open pages may finish")
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := shutdown(ctx, server, s.board, s.chat); err != nil {
		return fmt.Errorf("pages still open after 10s: %w", err)
	}
	<-ended
	return nil
}

// shutdown stops the server. It first ends the answers of the chat, and the streams
// of the boards, which do not end by themselves.
func shutdown(ctx context.Context, server *http.Server, b *board.Board, c *chat.Chat) error {
	return errors.Join(c.Shutdown(ctx), b.Shutdown(ctx), server.Shutdown(ctx))
}
