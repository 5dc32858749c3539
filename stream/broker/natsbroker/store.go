package natsbroker

import (
	"context"
	"fmt"
	"sync"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/rivulet-go/rivulet/stream/broker"
)

// A Store is a broker.Store that keeps its events in a JetStream stream. Open
// returns it. Its methods may be called concurrently.
type Store struct {
	o       Options // with defaults
	conn    *nats.Conn
	js      jetstream.JetStream
	status  chan nats.Status
	watched sync.WaitGroup

	mu        sync.Mutex
	online    context.Context // ends when the connection is lost; renewed with each connection
	offline   context.CancelFunc
	back      chan struct{} // closed while there is a connection, and by Close
	life      string
	stream    jetstream.Stream
	questions map[*question]struct{}
	leases    leases
	troubled  map[string]struct{} // topics that cannot be followed
	err       error               // why a topic could not be followed, the last time
	restarts  uint64
	closed    bool
}

// Open connects to NATS. It creates the stream if there is none, and sets its
// limits if they differ from the options. While no server answers or a cluster
// has no leader, Open retries until ctx ends. It retries for about a second if a
// server reports an internal error. It returns any other error at once, such as a
// wrong password, an unknown authority or a missing permission. No error contains
// the password of the URL.
//
// The Logger receives a line when Open waits, and later when the connection is
// lost and when it is back, unless Options.Connect or Conn has handlers for
// these. The caller closes the store after all its brokers have been shut down.
func Open(ctx context.Context, o Options) (*Store, error) {
	o = o.withDefaults()
	conn := o.Conn
	if conn == nil {
		if err := checkURL(o.URL); err != nil {
			return nil, err
		}
		var err error
		if conn, err = connect(ctx, o); err != nil {
			return nil, fmt.Errorf("natsbroker: no connection to NATS at %s: %w", hosts(o), unconnected(err))
		}
	}
	s := &Store{o: o, conn: conn, questions: map[*question]struct{}{}, troubled: map[string]struct{}{}, back: make(chan struct{})}
	if o.Conn == nil {
		s.denials(conn)
	}
	var err error
	if s.js, err = jetstream.New(conn); err == nil {
		err = s.prepare(ctx)
	}
	if err != nil {
		s.closeConn()
		return nil, fmt.Errorf("natsbroker: stream %q: %w", o.Stream, o.advised(err))
	}
	s.status = conn.StatusChanged()
	s.turn(conn.IsConnected())
	s.watched.Go(s.watch) // waited for by Close
	return s, nil
}

// Close closes the connection, unless it is Options.Conn. Call it after
// broker.Broker.Shutdown. Publish returns broker.ErrClosed from then on. The
// error is always nil. Close may be called more than once.
func (s *Store) Close() error {
	s.mu.Lock()
	first := !s.closed
	s.closed = true
	s.mu.Unlock()
	if first {
		s.conn.RemoveStatusListener(s.status)
		s.closeConn()
		s.watched.Wait()
		s.turn(false)
	}
	return nil
}

func (s *Store) closeConn() {
	if s.o.Conn == nil {
		s.conn.Close()
	}
}

// Conn returns the connection, for other uses of NATS by the program, such as a
// key-value bucket from which its pages load. Close closes the connection, unless
// it is Options.Conn.
func (s *Store) Conn() *nats.Conn { return s.conn }

// Retention returns Options.Retain, with its defaults.
func (s *Store) Retention() broker.Retention { return s.o.Retain }

// Stats returns the state of the store. Without a connection its Err matches
// broker.ErrUnavailable.
func (s *Store) Stats() broker.StoreStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := broker.StoreStats{Connected: s.conn.IsConnected(), Restarts: s.restarts}
	switch {
	case !st.Connected:
		st.Err = fmt.Errorf("%w: no connection to NATS", broker.ErrUnavailable)
		if err := s.conn.LastError(); err != nil {
			st.Err = fmt.Errorf("%w: %w", st.Err, err)
		}
	case len(s.troubled) > 0:
		st.Err = s.err
	}
	return st
}

// Last asks NATS for the end of the stream and retries until ctx ends. The error
// then matches broker.ErrUnavailable, or context.Canceled if ctx has been
// cancelled. Last returns at once if the request is denied, or with
// broker.ErrClosed.
func (s *Store) Last(ctx context.Context) (broker.Mark, error) {
	var info *jetstream.StreamInfo
	err := s.persist(ctx, s.aboutStream, func(ctx context.Context) error {
		var err error
		info, err = s.info(ctx)
		return err
	})
	if err != nil {
		return broker.Mark{}, err
	}
	return broker.Mark{Life: lifeOf(info), Number: info.State.LastSeq}, nil
}
