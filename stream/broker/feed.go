package broker

import (
	"context"
	"sync"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A Feed is the state of one topic in this process. A Store reports the events of
// the topic to the Feed that Follow receives. The methods must be called one at a
// time. Applications do not use a Feed.
type Feed struct {
	b        *Broker
	name     string
	unfollow context.CancelFunc // ends Store.Follow; nil without a Store

	publishing sync.Mutex // locked before mu; keeps the numbers in order

	mu      sync.Mutex // held only to read or to copy
	epoch   string     // constant without a Store
	ring    ring
	subs    map[*subscriber]struct{}
	expiry  *time.Timer   // nil until the first event
	pending bool          // expiry is running
	ready   chan struct{} // closed when something has changed; nil if nobody waits
	fresh   bool          // something has changed since the last round began
	called  bool          // a courier has been started and has not run yet
	queues  [2]queue      // of clients: see idle and round
	turn    int           // which of them is which
	removed bool
	counts  counts

	// With a Store:
	life      string
	started   bool   // Start has been called; life, epoch and through are set
	replaying bool   // events that the Store retains are still to come
	current   bool   // as far as is known, the Store has no further event
	through   uint64 // the Store has reported all events up to this number
	expected  uint64 // the highest number that this process has published
	unplaced  int    // subscribers that have no position yet

	// With a Store, of a run:
	seen    bool      // the Store has reported an event
	since   time.Time // when current became true
	known   bool      // Broker.watch has been called
	watched bool      // in a watch; under b.mu too
}

// publish gives an event its number, encodes it and appends it.
func (f *Feed) publish(e sse.Event) (string, error) {
	f.publishing.Lock()
	defer f.publishing.Unlock()
	if f.b.closed.Load() {
		return "", ErrClosed
	}
	number := f.b.ids.last.Add(1)
	e.ID = makeID(f.epoch, number)
	encoded, err := e.Encode()
	if err != nil {
		return "", err
	}
	if encoded.Len() > f.ring.keep.Bytes && e.Name != endName {
		return "", ErrTooLarge
	}
	return e.ID, f.append(number, e.Name, encoded)
}

// append adds an event with a name and wakes the subscribers.
func (f *Feed) append(number uint64, name string, e sse.Encoded) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.removed {
		return errRemoved
	}
	if !f.push(number, name, e) {
		return ErrEnded
	}
	f.counts.published++
	return nil
}

// push adds an event to a feed that has not been removed. It reports false if the
// topic has ended, or if it is of a run that has failed. f.mu is held.
func (f *Feed) push(number uint64, name string, e sse.Encoded) bool {
	now := time.Now()
	f.ring.expire(now)
	switch {
	case f.ring.ended():
		return false
	case name == endName:
		f.ring.finish(number, e, now)
	case f.ring.failed(): // two processes may say so
		return false
	default:
		f.ring.push(number, e, now)
		if name == failedName && isRun(f.name) {
			f.ring.fail = number
		}
	}
	if f.ring.keep.Age > 0 && !f.pending {
		f.expireIn(f.ring.keep.Age)
	}
	f.rouse()
	return true
}

// wait returns a channel that is closed when something has changed. f.mu is held.
func (f *Feed) wait() <-chan struct{} {
	if f.ready == nil {
		f.ready = make(chan struct{})
	}
	return f.ready
}

// The data of an event "gap".
const (
	gapExpired = "expired" // events after the id are no longer retained
	gapUnknown = "unknown" // the id is of another life or topic, or was never given
)

// gapEvent returns the event that tells a client of a gap. If the topic has ended,
// the event has the ID of the end: nothing else follows that would change the ID
// of the client, and the client would be told of the gap for ever. f.mu is held.
func (f *Feed) gapEvent(data string) sse.Encoded {
	e := sse.Event{Name: "gap", Data: data}
	if f.ring.ended() {
		e.ID = makeID(f.epoch, f.ring.end)
	}
	encoded, _ := e.Encode()
	return encoded
}

// settle gives a subscriber its position, and the gap that comes before it. f.mu
// is held.
func (f *Feed) settle(s *subscriber, position uint64, gap string) {
	position, gap = s.limitReplay(position, gap)
	s.position, s.gap = position, gap
	s.caughtUp = f.ring.next()
	s.placed = true
	if gap != "" {
		f.counts.gaps++
	}
}

// limitReplay returns where a replay begins, and its gap, after HandlerOptions.Replay
// has been applied. feed.mu is held.
func (s *subscriber) limitReplay(position uint64, gap string) (uint64, string) {
	r := &s.feed.ring
	end := r.next()
	if r.ended() && position < end {
		end-- // the end of the topic is sent in any case
	}
	most := uint64(max(s.replay, 0))
	switch {
	case s.replay == 0 || end-position <= most:
		return position, gap
	case s.feed.b.Slow == DropOldest:
		return end - most, gap
	}
	return r.next(), gapExpired
}

// locate returns the position after the event with an id, or the end of the feed
// if the id is empty. If events are missing after the id, locate returns the end
// of the feed and the kind of the gap. f.mu is held.
func (f *Feed) locate(after string) (position uint64, gap string) {
	f.ring.expire(time.Now())
	if after == "" {
		return f.ring.next(), ""
	}
	number, ok := parseID(after, f.epoch)
	if !ok || number > f.b.ids.last.Load() {
		return f.ring.next(), gapUnknown
	}
	if position, ok = f.ring.after(number); !ok {
		return f.ring.next(), gapExpired
	}
	return position, ""
}

// expireIn starts the timer that drops expired events of a topic without traffic.
// The timer is up to an eighth late, so that a busy topic does not set it for
// each event. f.mu is held.
func (f *Feed) expireIn(d time.Duration) {
	d += f.ring.keep.Age / 8
	f.pending = true
	if f.expiry == nil {
		f.expiry = time.AfterFunc(d, f.expire)
		return
	}
	f.expiry.Reset(d)
}

// expire drops expired events when the timer fires.
func (f *Feed) expire() {
	f.b.mu.Lock()
	defer f.b.mu.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	f.pending = false
	f.ring.expire(now)
	if len(f.ring.items) > 0 {
		f.expireIn(f.ring.items[0].at.Add(f.ring.keep.Age).Sub(now))
		return
	}
	f.b.forget(f)
}
