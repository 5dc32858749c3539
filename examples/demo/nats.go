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

// natsAddr is the address of the NATS server that one instance runs for the
// others on this machine.
const natsAddr = "127.0.0.1:4222"

// A hub connects several instances of the demo. Nil means that there is only one
// instance.
type hub struct {
	server *embedded.Server // nil if the server is in another process
	store  *natsbroker.Store
}

// openHub connects to the NATS server at a URL, and waits for it until ctx ends,
// for at most 15 s. For the URL "embedded", it starts a server in this process
// that keeps its files below dir. For an empty URL, it returns no hub.
func openHub(ctx context.Context, url, dir string) (*hub, error) {
	if url == "" {
		return nil, nil
	}
	h := &hub{}
	o := natsbroker.Options{Stream: "BOARD", Bytes: 64 << 20}
	var err error
	if url == "embedded" {
		if h.server, err = embedded.Start(embedded.Options{Dir: filepath.Join(dir, "nats"), Addr: natsAddr}); err != nil {
			return nil, fmt.Errorf("%w (if another instance runs the server, set NATS_URL=nats://%s)", err, natsAddr)
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

// Close closes the connection, and the server if it is in this process.
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
