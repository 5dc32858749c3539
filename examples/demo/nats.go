//go:build nats

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/rivulet-go/rivulet/examples/demo/board"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker/embedded"
)

// natsAddr is the address of the NATS server that one instance runs for the
// others on this machine.
const natsAddr = "127.0.0.1:4222"

// openBoard opens the board that all instances on the NATS server at url share.
// For the URL "embedded", it starts a server in this process that keeps its files
// below dir. For an empty URL, it opens the board of this program. The caller
// calls leave after Close of the board.
func openBoard(ctx context.Context, url, dir string) (b *board.Board, leave func(), err error) {
	if url == "" {
		b, err = board.Open(filepath.Join(dir, "guests.json"))
		return b, func() {}, err
	}
	h, err := openHub(ctx, url, dir)
	if err != nil {
		return nil, nil, err
	}
	if b, err = board.Join(ctx, h.store); err != nil {
		h.Close()
		return nil, nil, err
	}
	return b, h.Close, nil
}

// A hub connects several instances of the demo.
type hub struct {
	server *embedded.Server // nil if the server is in another process
	store  *natsbroker.Store
}

// openHub connects to the NATS server at a URL, or to one that it starts for the
// URL "embedded". It waits for the server until ctx ends, for at most 15 s.
func openHub(ctx context.Context, url, dir string) (*hub, error) {
	h := &hub{}
	o := natsbroker.Options{Stream: "BOARD", Bytes: 64 << 20}
	var err error
	if url == "embedded" {
		if h.server, err = embedded.Start(embedded.Options{Dir: filepath.Join(dir, "nats"), Addr: natsAddr}); err != nil {
			return nil, fmt.Errorf("%w (if another instance runs the server, set NATS_URL=nats://%s)", err, natsAddr)
		}
		o.Server = h.server
		fmt.Fprintf(os.Stderr, "NATS runs in this process; for a second instance: NATS_URL=%s go -C examples run -tags nats ./demo\n", h.server.URL())
	} else {
		o.URL = url
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	if h.store, err = natsbroker.Open(ctx, o); err != nil {
		h.Close()
		return nil, err
	}
	return h, nil
}

// Close closes the connection, and the server if it is in this process.
func (h *hub) Close() {
	if h.store != nil {
		_ = h.store.Close()
	}
	if h.server != nil {
		h.server.Close()
	}
}
