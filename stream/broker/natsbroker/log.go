package natsbroker

import (
	"context"
	"fmt"
	"sync"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/rivulet-go/rivulet/stream/broker"
)

// A Log is a broker.Log on a JetStream stream, made by Open. Its methods may be
// called by any number of goroutines at once.
type Log struct {
	o       Options // with defaults
	conn    *nats.Conn
	js      jetstream.JetStream
	status  chan nats.Status
	watched sync.WaitGroup

	mu        sync.Mutex
	online    context.Context // ends when the connection does; a new one comes with the next
	offline   context.CancelFunc
	back      chan struct{} // closed when there is a connection
	life      string
	questions map[*question]struct{}
	troubled  map[string]struct{} // topics that cannot be followed
	err       error               // why one could not, the last time
	restarts  uint64
	closed    bool
}

// Open connects to NATS and makes the stream, if there is none, or sets its
// limits to those of the options, if they differ. It tries until ctx ends as long
// as no server answers or a cluster has no leader, and for a second if one has
// trouble of its own; any other error is told at once: a wrong password, an unknown
// authority, a permission that is missing. No error has the password of the URL.
// That it waits, and later that the connection is lost and back, is a line in
// slog.Default, unless Options.Connect or Conn has handlers of its own. The caller
// closes the log after all its brokers have been shut down.
func Open(ctx context.Context, o Options) (*Log, error) {
	o = o.withDefaults()
	conn := o.Conn
	if conn == nil {
		if err := checkURL(o.URL); err != nil {
			return nil, err
		}
		var err error
		if conn, err = connect(ctx, o); err != nil {
			return nil, fmt.Errorf("natsbroker: no connection to NATS at %s: %w", hosts(o), err)
		}
	}
	l := &Log{o: o, conn: conn, questions: map[*question]struct{}{}, troubled: map[string]struct{}{}, back: make(chan struct{})}
	if o.Conn == nil {
		l.denials(conn)
	}
	var err error
	if l.js, err = jetstream.New(conn); err == nil {
		err = l.prepare(ctx)
	}
	if err != nil {
		l.closeConn()
		return nil, fmt.Errorf("natsbroker: stream %q: %w", o.Stream, err)
	}
	l.status = conn.StatusChanged()
	l.turn(conn.IsConnected())
	l.watched.Go(l.watch) // waited for by Close
	return l, nil
}

// Close ends the connection, unless it is that of Options.Conn. It must be
// called after broker.Broker.Shutdown. Publish returns broker.ErrClosed from now
// on. The error is nil; more than one call does no harm.
func (l *Log) Close() error {
	l.mu.Lock()
	first := !l.closed
	l.closed = true
	l.mu.Unlock()
	if first {
		l.conn.RemoveStatusListener(l.status)
		l.closeConn()
		l.watched.Wait()
		l.turn(false)
	}
	return nil
}

func (l *Log) closeConn() {
	if l.o.Conn == nil {
		l.conn.Close()
	}
}

// Conn returns the connection, for what else a program keeps in NATS, such as
// what its pages load: in a bucket of keys and values, say. Close closes it, unless
// it is that of Options.Conn.
func (l *Log) Conn() *nats.Conn { return l.conn }

// Retention returns that of the options.
func (l *Log) Retention() broker.Retention { return l.o.Retain }

// Stats returns the state of the log. Without a connection its Err matches
// broker.ErrUnavailable.
func (l *Log) Stats() broker.LogStats {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := broker.LogStats{Connected: l.conn.IsConnected(), Restarts: l.restarts}
	switch {
	case !s.Connected:
		s.Err = fmt.Errorf("%w: no connection to NATS", broker.ErrUnavailable)
		if err := l.conn.LastError(); err != nil {
			s.Err = fmt.Errorf("%w: %w", s.Err, err)
		}
	case len(l.troubled) > 0:
		s.Err = l.err
	}
	return s
}

// Last asks for the end of the stream, again and again until ctx ends. Then the
// error matches broker.ErrUnavailable, or context.Canceled if that is why. What is
// denied, and broker.ErrClosed, is told at once.
func (l *Log) Last(ctx context.Context) (broker.Mark, error) {
	var info *jetstream.StreamInfo
	err := l.persist(ctx, l.aboutStream, func(ctx context.Context) error {
		var err error
		info, err = l.info(ctx)
		return err
	})
	if err != nil {
		return broker.Mark{}, err
	}
	return broker.Mark{Life: lifeOf(info), Number: info.State.LastSeq}, nil
}
