package main

import (
	"errors"
	"fmt"
	"log/slog"
	neturl "net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/rivulet-go/rivulet/stream/broker/natsbroker/embedded"
)

// natsAddr is where other instances on this machine find the NATS server that one
// of them has in it.
const natsAddr = "127.0.0.1:4222"

// A hub is what several instances of the demo are connected by. Nil means that
// this one is the only one.
type hub struct {
	server *embedded.Server // nil if it is elsewhere
	conn   *nats.Conn
}

// openHub connects to the NATS server at a URL, or, if that is "embedded", to one
// that it starts in this process, which keeps what it has below dir. An empty URL
// is no hub.
func openHub(url, dir string) (*hub, error) {
	if url == "" {
		return nil, nil
	}
	h := &hub{}
	options := []nats.Option{
		nats.Name("rivulet demo"),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(250 * time.Millisecond),
		nats.ReconnectBufSize(-1),           // what is given up must not be sent later
		nats.PingInterval(10 * time.Second), // a silent end is noticed within three
		nats.DisconnectErrHandler(func(c *nats.Conn, err error) {
			if !c.IsClosed() { // by Close
				slog.Warn("NATS is gone", "error", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { slog.Info("NATS is back") }),
	}
	if url == "embedded" {
		var err error
		if h.server, err = embedded.Start(embedded.Options{Dir: filepath.Join(dir, "nats"), Addr: natsAddr}); err != nil {
			return nil, fmt.Errorf("%w (if another instance has it: NATS_URL=nats://%s)", err, natsAddr)
		}
		options = append(options, nats.InProcessServer(h.server))
		fmt.Fprintf(os.Stderr, "NATS runs in this process. For a second instance: NATS_URL=%s\n", h.server.URL())
	}
	var err error
	if h.conn, err = nats.Connect(url, options...); err != nil {
		h.Close()
		if bad := new(neturl.Error); errors.As(err, &bad) {
			return nil, errors.New("the URL of the NATS server is not one") // its error has the password in it
		}
		return nil, fmt.Errorf("no connection to NATS: %w", err)
	}
	return h, nil
}

// Close ends the connection, and the server if it is in this process.
func (h *hub) Close() {
	if h == nil {
		return
	}
	if h.conn != nil {
		h.conn.Close()
	}
	if h.server != nil {
		h.server.Close()
	}
}
