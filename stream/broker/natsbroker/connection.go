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

// Why what needs a connection ends without one.
var (
	errLost   = errors.New("the connection to NATS is lost")
	errClosed = fmt.Errorf("%w: the log is closed", broker.ErrClosed)
)

// connect tries until there is a server.
func connect(ctx context.Context, o Options) (*nats.Conn, error) {
	options := []nats.Option{
		nats.Name("rivulet"),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(250 * time.Millisecond),
		nats.ReconnectBufSize(-1), // what is given up must not be sent later
		nats.Timeout(5 * time.Second),
		nats.PingInterval(10 * time.Second), // a silent end is noticed within three
		nats.IgnoreAuthErrorAbort(),         // who is refused for a while is not cut off for good
		nats.DisconnectErrHandler(func(c *nats.Conn, err error) {
			if !c.IsClosed() { // by Close
				slog.Warn("natsbroker: the connection to NATS is lost", slog.Any("error", err))
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { slog.Info("natsbroker: NATS is back") }),
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
			slog.Warn("natsbroker: waiting for NATS", slog.String("at", hosts(o)), slog.Any("error", err))
		}
		if wait = longer(wait); pause(ctx, wait) != nil {
			return nil, err
		}
	}
}

// unreached reports whether no server answers, rather than one that refuses. An
// error of package os or url would be a net.Error too.
func unreached(err error) bool {
	if errors.Is(err, nats.ErrTLS) {
		return false
	}
	var op *net.OpError
	return errors.Is(err, nats.ErrNoServers) || errors.Is(err, nats.ErrTimeout) || errors.Is(err, io.EOF) ||
		errors.As(err, &op) && op.Op != "remote error" && op.Op != "local error" // those of TLS
}

// watch notes when the connection is lost and when it is back. It ends when the
// listener is removed.
func (l *Log) watch() {
	for status := range l.status {
		l.turn(status == nats.CONNECTED)
	}
}

// turn notes how the connection is.
func (l *Log) turn(connected bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.offline != nil {
		l.offline()
		l.offline = nil
	}
	select {
	case <-l.back:
		l.back = make(chan struct{})
	default:
	}
	if l.closed {
		close(l.back) // who waits is told
	}
	if !connected || l.closed {
		return
	}
	l.online, l.offline = context.WithCancel(context.Background())
	close(l.back)
}

// connected waits for a connection and returns a context that ends with ctx and
// with the connection.
func (l *Log) connected(ctx context.Context) (context.Context, context.CancelFunc, error) {
	for {
		l.mu.Lock()
		online, back := l.online, l.back
		up, closed := l.offline != nil, l.closed
		l.mu.Unlock()
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
