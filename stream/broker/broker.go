package broker

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A Broker sends the events that are published on a topic to the topic's
// subscribers. The zero value is ready to use. A Broker must not be copied, and
// its fields must not change after first use. Its methods may be called
// concurrently. Without a Store, a Broker runs no goroutine while nothing is
// published and no run goes on.
type Broker struct {
	// Store keeps the events for all processes that share it. Nil means that this
	// process keeps them in memory, for its own subscribers only.
	Store Store
	// Retain limits the events that each topic keeps for clients that reconnect.
	// It is ignored with a Store, which has its own Retention.
	Retain Retention
	// Queue limits the number of events that a subscriber may be behind. Events
	// that are replayed to a client that reconnects do not count. Queue must be
	// larger than the number of events that are published at once. Zero or less
	// means that a subscriber may be behind by all the events that are retained.
	Queue int
	// Slow decides what happens to a subscriber that is further behind. Zero means
	// Disconnect. Topics that need different policies need different brokers.
	Slow Policy
	// Limits bound the number of clients and topics. The zero value means no
	// limits.
	Limits Limits
	// Subject returns the user or session of a request, for Limits.PerSubject and
	// the method Disconnect. Nil means the IP address of the peer, shortened to
	// its first 64 bits for IPv6. Behind a proxy, the peer is the proxy: set
	// Subject there.
	Subject func(*http.Request) string
	// Authorize returns nil if the request may subscribe to the topic. An error
	// refuses the request with the status 403, or 204 if it matches ErrStop. The
	// text of the error is not sent. Authorize is called when a client connects,
	// possibly more than once, and not later. Set Stream.MaxLife to make clients
	// reconnect, so that they are checked again. Nil allows every request, and is
	// only for topics that the program itself names: see Handler.
	Authorize func(r *http.Request, topic string) error
	// CORS allows pages of other origins to subscribe. Nil means that they are
	// refused.
	CORS *sse.CORS
	// Stream configures the event streams, where HandlerOptions do not. Each stream shortens the interval of
	// its heartbeats by up to a fifth, so that not all streams send them at once.
	Stream sse.Options
	// Logger receives the log lines of the streams, unless Stream.Logger is set.
	// Nil means slog.Default at the time of the line.
	Logger *slog.Logger

	once    sync.Once
	ids     idSource
	life    context.Context // ends the streams
	cancel  context.CancelFunc
	closed  atomic.Bool
	shut    chan struct{} // closed by Shutdown when the last events can be read
	drained chan struct{} // closed when the last subscriber has left after Shutdown
	counts  counts        // sum of the feeds that have been forgotten

	couriers sync.WaitGroup // calls of Feed.courier

	refused atomic.Uint64

	followers sync.WaitGroup // calls of Store.Follow
	appended  chan struct{}  // closed when Shutdown need not wait for Store.Append any more
	knownMu   sync.Mutex     // locked after all other mutexes
	known     Mark           // the highest mark of the Store that this process has seen

	mu        sync.Mutex // locked before the mutexes of a feed
	appending int        // calls of Store.Append that Shutdown waits for
	feeds     map[string]*Feed
	forgotten uint64 // the highest number that a forgotten feed has dropped
	subs      int
	clients   int
	subjects  map[string]int    // clients of each subject, if Limits.PerSubject is set
	rounds    uint64            // calls of Disconnect
	runs      map[string]*run   // that have not ended, by topic
	keys      map[string]*run   // whose events are retained, by key
	ending    bool              // stopping is closed
	stopping  chan struct{}     // closed when Shutdown ends the runs
	written   chan struct{}     // closed when the last run has ended after that
	own       *lease            // of the runs of this process, with a Store; nil if there are none
	watches   map[string]*watch // of the runs of other processes, by owner
}

// init prepares the zero value for use.
func (b *Broker) init() {
	b.once.Do(func() {
		b.ids.init()
		until := b.Stream.Until
		if until == nil {
			until = context.Background()
		}
		b.life, b.cancel = context.WithCancel(until)
		b.shut = make(chan struct{})
		b.drained = make(chan struct{})
		b.appended = make(chan struct{})
		b.feeds = map[string]*Feed{}
		b.subjects = map[string]int{}
		b.runs = map[string]*run{}
		b.keys = map[string]*run{}
		b.stopping = make(chan struct{})
		b.written = make(chan struct{})
		b.watches = map[string]*watch{}
	})
}

// Topic returns the topic with a name. Topics are neither created nor deleted: a
// topic takes memory only while it has subscribers or retains events. With an
// invalid name, the methods of the Topic return ErrTopic, and its Handler panics.
func (b *Broker) Topic(name string) Topic {
	return Topic{b, name}
}

// logger returns the Logger of the streams.
func (b *Broker) logger() *slog.Logger { return cmp.Or(b.Stream.Logger, b.Logger, slog.Default()) }

// feed returns the feed of a topic, and creates it if there is none. b.mu is
// held.
func (b *Broker) feed(name string) (*Feed, error) {
	if f := b.feeds[name]; f != nil {
		return f, nil
	}
	if b.closed.Load() {
		return nil, ErrClosed
	}
	if n := b.Limits.Topics; n > 0 && len(b.feeds) >= n {
		return nil, ErrTopics
	}
	f := &Feed{
		b:    b,
		name: name,
		ring: ring{keep: b.retention(), floor: b.forgotten},
		subs: map[*subscriber]struct{}{},
	}
	if b.Store == nil {
		f.epoch = b.ids.epoch(name)
	} else {
		f.follow()
	}
	b.feeds[name] = f
	return f, nil
}

// retention returns the limits of what a topic keeps in memory.
func (b *Broker) retention() Retention {
	if b.Store != nil {
		return b.Store.Retention().withDefaults()
	}
	return b.Retain.withDefaults()
}

// forget removes a feed that has no subscribers and, unless a Store has its
// events, no events. A later feed of the same name must not treat an older id as
// one that it can replay from, so b.forgotten keeps the highest number that any
// removed feed has dropped. b.mu and f.mu are held.
func (b *Broker) forget(f *Feed) {
	f.ring.expire(time.Now())
	if f.removed || len(f.subs) > 0 || (len(f.ring.items) > 0 || b.runs[f.name] != nil) && b.Store == nil {
		return
	}
	f.removed = true
	if b.Store != nil {
		f.unfollow()
		f.ring.reset(0)
		b.unwatch(f)
		f.rouse() // Shutdown may wait for it
	}
	if f.expiry != nil {
		f.expiry.Stop()
	}
	b.forgotten = max(b.forgotten, f.ring.floor)
	b.counts.add(f.counts)
	delete(b.feeds, f.name)
}

// forgetIdle calls forget with the locks held.
func (b *Broker) forgetIdle(f *Feed) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	b.forget(f)
}
