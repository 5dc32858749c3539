package natsbroker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/rivulet-go/rivulet/stream/broker"
)

// Errors of work that needs a connection.
var (
	errLost   = errors.New("connection to NATS lost")
	errClosed = fmt.Errorf("%w: store closed", broker.ErrClosed)
)

// connect retries until it has reached a server.
func connect(ctx context.Context, o Options) (*nats.Conn, error) {
	options := []nats.Option{
		nats.Name("rivulet"),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(250 * time.Millisecond),
		nats.ReconnectBufSize(-1), // an event that was given up must not be sent later
		nats.Timeout(5 * time.Second),
		nats.PingInterval(10 * time.Second), // a dead connection is noticed within three pings
		nats.IgnoreAuthErrorAbort(),         // a temporary refusal must not end the connection
		nats.DisconnectErrHandler(func(c *nats.Conn, err error) {
			if !c.IsClosed() { // by Close
				o.logger().Warn("natsbroker: the connection to NATS is lost", slog.Any("error", err))
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { o.logger().Info("natsbroker: NATS is back") }),
	}
	if o.Server != nil {
		options = append(options, nats.InProcessServer(o.Server))
	}
	options = append(options, o.Connect...)
	for wait := time.Duration(0); ; {
		conn, err := nats.Connect(o.URL, options...)
		if err == nil || !unreached(err) {
			return conn, err
		}
		if wait == 0 {
			o.logger().Warn("natsbroker: waiting for NATS", slog.String("at", hosts(o)), slog.Any("error", err))
		}
		if wait = longer(wait); pause(ctx, wait) != nil {
			return nil, err
		}
	}
}

// unreached reports whether no server could be reached. A server that refuses has
// been reached. Errors of the packages os and url are excluded, although they are
// net.Errors.
func unreached(err error) bool {
	if errors.Is(err, nats.ErrTLS) {
		return false
	}
	var op *net.OpError
	return errors.Is(err, nats.ErrNoServers) || errors.Is(err, nats.ErrTimeout) || errors.Is(err, io.EOF) ||
		errors.As(err, &op) && op.Op != "remote error" && op.Op != "local error" // from TLS
}

// watch records when the connection is lost and when it is back. It ends when the
// listener is removed.
func (s *Store) watch() {
	for status := range s.status {
		s.turn(status == nats.CONNECTED)
	}
}

// turn records whether the store is connected.
func (s *Store) turn(connected bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.offline != nil {
		s.offline()
		s.offline = nil
	}
	select {
	case <-s.back:
		s.back = make(chan struct{})
	default:
	}
	if s.closed {
		close(s.back) // wakes the waiting calls
	}
	if !connected || s.closed {
		return
	}
	s.online, s.offline = context.WithCancel(context.Background())
	close(s.back)
}

// connected waits for a connection. It returns a context that ends with ctx or
// when the connection is lost.
func (s *Store) connected(ctx context.Context) (context.Context, context.CancelFunc, error) {
	for {
		s.mu.Lock()
		online, back := s.online, s.back
		up, closed := s.offline != nil, s.closed
		s.mu.Unlock()
		if closed {
			return nil, nil, errClosed
		}
		if up {
			ctx, cancel := context.WithCancelCause(ctx)
			stop := context.AfterFunc(online, func() { cancel(errLost) })
			return ctx, func() { stop(); cancel(nil) }, nil
		}
		select {
		case <-back:
		case <-ctx.Done():
			return nil, nil, context.Cause(ctx)
		}
	}
}
