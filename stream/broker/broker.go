package broker

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A Broker sends the events that are published on a topic to its subscribers. The
// zero value is ready to use. A Broker must not be copied, and its fields must not
// change once it is in use. Its methods may be called concurrently. Without a Store
// it runs no goroutine while nothing is published.
type Broker struct {
	// Store keeps the events for all processes that share it. Nil means that
	// this process keeps them in memory, for itself only.
	Store Store
	// Retain limits what each topic retains for clients that come back. It is
	// ignored with a Store, which has a Retention of its own.
	Retain Retention
	// Queue limits the events that a subscriber may be behind. Events that are
	// replayed to a client that comes back do not count. It must exceed what is
	// published in one go. Zero or less means as many as are retained.
	Queue int
	// Slow says what happens to a subscriber that is further behind. Zero
	// means Disconnect. Topics that need different ones need two brokers.
	Slow Policy
	// Limits bound what clients can take of the server. Zero means no limits.
	Limits Limits
	// Subject returns the user or session of a request, for Limits.PerSubject
	// and for the method Disconnect. Nil means the address of the peer, of IPv6
	// its first 64 bits. Behind a proxy the peer is the proxy: set Subject there.
	Subject func(*http.Request) string
	// Authorize returns nil if the request may subscribe to the topic. An error
	// refuses with the status 403, or 204 if it matches ErrStop; its text is not
	// sent. Authorize is called when a client connects, possibly more than once,
	// and not later: set Stream.MaxLife, so that clients must come back and are
	// checked again. Nil allows every request, for topics that only the program
	// names.
	Authorize func(r *http.Request, topic string) error
	// CORS lets pages of other origins subscribe. Nil means none may.
	CORS *CORS
	// Stream says how the streams are sent. Heartbeats come up to a fifth
	// earlier, so that not all streams beat at once.
	Stream sse.Options
	// Logger receives what the streams log, unless Stream has a Logger. Nil means
	// slog.Default at the time of the line.
	Logger *slog.Logger

	once    sync.Once
	ids     idSource
	life    context.Context // ends the streams
	end     context.CancelFunc
	closed  atomic.Bool
	shut    chan struct{} // closed when nothing more is published
	drained chan struct{} // closed when the last subscriber has gone after that
	wakers  sync.WaitGroup
	counts  counts // of the feeds that have been forgotten

	refused atomic.Uint64

	followers sync.WaitGroup // calls of Store.Follow
	appended  chan struct{}  // closed when Shutdown has no call of Store.Append to wait for
	knownMu   sync.Mutex     // the last to be held
	known     Mark           // the highest of the Store that has been heard of

	mu        sync.Mutex // held before any of a feed
	appending int        // calls of Store.Append that Shutdown waits for
	feeds     map[string]*Feed
	forgotten uint64 // the highest number dropped by a feed that has been forgotten
	subs      int
	clients   int
	subjects  map[string]int // clients of each, if they are limited
	rounds    uint64         // of Disconnect
}

// init makes the zero value ready.
func (b *Broker) init() {
	b.once.Do(func() {
		b.ids.init()
		until := b.Stream.Until
		if until == nil {
			until = context.Background()
		}
		b.life, b.end = context.WithCancel(until)
		b.shut = make(chan struct{})
		b.drained = make(chan struct{})
		b.appended = make(chan struct{})
		b.feeds = map[string]*Feed{}
		b.subjects = map[string]int{}
	})
}

// Topic returns a topic. There is nothing to be made or deleted: a topic takes
// memory while it has subscribers or retains events. A bad name is ErrTopic of
// what is done with the topic.
func (b *Broker) Topic(name string) Topic {
	return Topic{b, name}
}

// feed returns the feed of a topic, made if there is none. b.mu is held.
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

// retention returns what a topic retains in memory.
func (b *Broker) retention() Retention {
	if b.Store != nil {
		return b.Store.Retention().withDefaults()
	}
	return b.Retain.withDefaults()
}

// forget removes a feed if nobody needs it. The next one of its name must not
// take an id from before for one that it can replay from, so what has been
// dropped is remembered, for all names together. What is in a Store need not be
// here. b.mu and f.mu are held.
func (b *Broker) forget(f *Feed) {
	f.ring.expire(time.Now())
	if f.removed || len(f.subs) > 0 || len(f.ring.items) > 0 && b.Store == nil {
		return
	}
	f.removed = true
	if b.Store != nil {
		f.unfollow()
		f.ring.reset(0)
		f.rouse() // Shutdown may wait for it
	}
	if f.expiry != nil {
		f.expiry.Stop()
	}
	b.forgotten = max(b.forgotten, f.ring.floor)
	b.counts.add(f.counts)
	delete(b.feeds, f.name)
}

// forgetIdle removes a feed if nobody needs it.
func (b *Broker) forgetIdle(f *Feed) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	b.forget(f)
}
