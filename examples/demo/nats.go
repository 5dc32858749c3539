package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker/natsbroker"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker/embedded"
)

// natsAddr is where other instances on this machine find the NATS server that one
// of them has in it.
const natsAddr = "127.0.0.1:4222"

// A hub is what several instances of the demo are connected by. Nil means that
// this one is the only one.
type hub struct {
	server *embedded.Server // nil if it is elsewhere
	store  *natsbroker.Store
}

// openHub connects to the NATS server at a URL, for which it waits until ctx ends
// and at most 15 s, or, if that is "embedded", to one that it starts in this process
// and that keeps what it has below dir. An empty URL is no hub.
func openHub(ctx context.Context, url, dir string) (*hub, error) {
	if url == "" {
		return nil, nil
	}
	h := &hub{}
	o := natsbroker.Options{Stream: "BOARD", Bytes: 64 << 20}
	var err error
	if url == "embedded" {
		if h.server, err = embedded.Start(embedded.Options{Dir: filepath.Join(dir, "nats"), Addr: natsAddr}); err != nil {
			return nil, fmt.Errorf("%w (if another instance has it: NATS_URL=nats://%s)", err, natsAddr)
		}
		o.Server = h.server
		fmt.Fprintf(os.Stderr, "NATS runs in this process; for a second instance: NATS_URL=%s go -C examples run ./demo\n", h.server.URL())
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

// Close ends the connection, and the server if it is in this process.
func (h *hub) Close() {
	if h == nil {
		return
	}
	if h.store != nil {
		_ = h.store.Close()
	}
	if h.server != nil {
		h.server.Close()
	}
}
