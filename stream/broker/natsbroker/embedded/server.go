package embedded

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// Options configure a Server. The zero value keeps nothing after Close, and only
// this process can connect.
type Options struct {
	// Dir is the folder for the streams. Empty means a temporary folder, which
	// Close removes.
	Dir string
	// Addr is the host and port where the server listens. Every client that can
	// connect may read and publish everything. Empty means that the server does
	// not listen.
	Addr string
	// MaxPayload limits an event with its headers, in bytes. Zero or less means 1
	// MiB, the default of NATS. The maximum is 64 MiB.
	MaxPayload int
}

// A Server is a NATS server with JetStream in this process.
type Server struct {
	nats      *server.Server
	temporary string
}

// Start starts a server and waits until it accepts connections.
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
		free, err := net.Listen("tcp", o.Addr) // if the address is in use, the server would wait without an error
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
		return nil, fmt.Errorf("embedded: server not ready on %q with the folder %q", o.Addr, options.StoreDir)
	}
	return s, nil
}

// InProcessConn connects to the server without a network, see
// nats.InProcessServer and natsbroker.Options.
func (s *Server) InProcessConn() (net.Conn, error) { return s.nats.InProcessConn() }

// URL returns the address of the server, for natsbroker.Options.URL. It is empty
// if the server does not listen.
func (s *Server) URL() string {
	if addr := s.nats.Addr(); addr != nil {
		return "nats://" + addr.String()
	}
	return ""
}

// Close stops the server and waits until it has stopped. The streams are on disk
// by then.
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
