package embedded

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// Options say how the server is. The zero value keeps nothing beyond its life
// and can be reached from this process only.
type Options struct {
	// Dir is the folder where streams are kept. Empty means one for temporary
	// files, which Close removes.
	Dir string
	// Addr is the host and the port where other processes find the server.
	// Anybody who can connect may read and publish everything. Empty means
	// that it listens on none.
	Addr string
	// MaxPayload is the largest event in bytes, with its headers. Zero or less
	// means 1 MiB, as of any NATS server; the most is 64 MiB.
	MaxPayload int
}

// A Server is a NATS server with JetStream in this process.
type Server struct {
	nats      *server.Server
	temporary string
}

// Start starts a server and waits until it takes connections.
func Start(o Options) (*Server, error) {
	options := &server.Options{
		ServerName: "embedded",
		DontListen: o.Addr == "",
		JetStream:  true,
		StoreDir:   o.Dir,
		NoSigs:     true,
		NoLog:      true,
		MaxPayload: int32(max(0, min(o.MaxPayload, 64<<20))),
	}
	if o.Addr != "" {
		host, port, err := net.SplitHostPort(o.Addr)
		if err != nil {
			return nil, fmt.Errorf("embedded: %w", err)
		}
		options.Host = host
		if options.Port, err = strconv.Atoi(port); err != nil {
			return nil, fmt.Errorf("embedded: %w", err)
		}
		free, err := net.Listen("tcp", o.Addr) // the server would wait instead of saying so
		if err != nil {
			return nil, fmt.Errorf("embedded: %w", err)
		}
		_ = free.Close()
		if options.Port == 0 {
			options.Port = server.RANDOM_PORT
		}
	}
	s := &Server{}
	if o.Dir == "" {
		dir, err := os.MkdirTemp("", "rivulet-nats-")
		if err != nil {
			return nil, fmt.Errorf("embedded: %w", err)
		}
		s.temporary, options.StoreDir = dir, dir
	}
	var err error
	if s.nats, err = server.NewServer(options); err != nil {
		s.clean()
		return nil, fmt.Errorf("embedded: %w", err)
	}
	s.nats.Start()
	if !s.nats.ReadyForConnections(20*time.Second) || !s.nats.JetStreamEnabled() {
		s.Close()
		return nil, fmt.Errorf("embedded: the server does not start on %q with the folder %q", o.Addr, options.StoreDir)
	}
	return s, nil
}

// InProcessConn connects to the server without a network, see
// nats.InProcessServer and natsbroker.Options.
func (s *Server) InProcessConn() (net.Conn, error) { return s.nats.InProcessConn() }

// URL returns where other processes find the server: what is to be given as
// natsbroker.Options.URL. It is empty if it listens on no address.
func (s *Server) URL() string {
	if addr := s.nats.Addr(); addr != nil {
		return "nats://" + addr.String()
	}
	return ""
}

// Close ends the server and waits until it has ended. What it keeps is on the
// disk by then.
func (s *Server) Close() {
	s.nats.Shutdown()
	s.nats.WaitForShutdown()
	s.clean()
}

func (s *Server) clean() {
	if s.temporary != "" {
		_ = os.RemoveAll(s.temporary)
	}
}
