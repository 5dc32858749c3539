package broker

import (
	"context"
	"sync"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A Feed is a topic that has events or subscribers, as a Store sees it: its methods
// are what Store.Follow tells, called one at a time. Applications have no use for
// it.
type Feed struct {
	b        *Broker
	name     string
	unfollow context.CancelFunc // nil without a Store

	publishing sync.Mutex // held before mu, so that numbers are in order

	mu      sync.Mutex // held for as long as it takes to look or to copy
	epoch   string     // never changes without a Store
	ring    ring
	subs    map[*subscriber]struct{}
	expiry  *time.Timer   // nil: there has been no event
	pending bool          // the expiry is set
	ready   chan struct{} // closed when there is more; nil: nobody waits
	fresh   bool          // there is more since ready was last closed
	waking  bool          // wake runs
	removed bool
	counts  counts

	// With a Store:
	life      string
	started   bool   // life, epoch and through mean something
	replaying bool   // what the store retains has not all come yet
	current   bool   // it has what the store has, as far as is known
	through   uint64 // the number up to which it has, or had, what the store has
	expected  uint64 // the highest number that this process has published
	unplaced  int    // subscribers that wait for their position
}

// publish numbers, encodes and appends an event.
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
	if encoded.Len() > f.ring.keep.Bytes {
		return "", ErrTooLarge
	}
	if !f.append(number, encoded) {
		return "", errRemoved
	}
	return e.ID, nil
}

// append adds an event and sees to it that the subscribers hear of it. It
// reports false for a feed that has been removed.
func (f *Feed) append(number uint64, e sse.Encoded) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.removed {
		return false
	}
	f.counts.published++
	f.push(number, e)
	return true
}

// push is append for a feed that has not been removed. f.mu is held.
func (f *Feed) push(number uint64, e sse.Encoded) {
	f.ring.push(number, e, time.Now())
	if f.ring.keep.Age > 0 && !f.pending {
		f.expireIn(f.ring.keep.Age)
	}
	f.rouse()
}

// rouse has who waits look again. f.mu is held.
func (f *Feed) rouse() {
	if f.ready == nil {
		return
	}
	f.fresh = true
	if !f.waking {
		f.waking = true
		f.b.wakers.Go(f.wake) // waited for by Shutdown
	}
}

// wake wakes who waits. That takes milliseconds where ten thousand do, so
// neither a publisher nor a lock waits for it; what is published meanwhile
// shares the next round.
func (f *Feed) wake() {
	for {
		f.mu.Lock()
		ready := f.ready
		if !f.fresh {
			f.waking = false
			f.mu.Unlock()
			return
		}
		f.ready, f.fresh = nil, false
		f.mu.Unlock()
		if ready != nil {
			close(ready)
		}
	}
}

// wait returns what is closed when there is more. f.mu is held.
func (f *Feed) wait() <-chan struct{} {
	if f.ready == nil {
		f.ready = make(chan struct{})
	}
	return f.ready
}

// What an event "gap" says.
const (
	gapExpired = "expired" // the id is from here, but older than what is retained
	gapUnknown = "unknown" // the id is from another life, another topic or nowhere
)

// settle gives a subscriber its position. f.mu is held.
func (f *Feed) settle(s *subscriber, position uint64, gap string) {
	s.position, s.gap = position, gap
	s.caughtUp = f.ring.next()
	s.placed = true
	if gap != "" {
		f.counts.gaps++
	}
}

// locate returns the position of who has seen the event with the id after, or of
// who wants only what comes from now on and, if that leaves a gap, which. f.mu
// is held.
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

// expireIn sets the timer that frees what nobody asks for. It is up to an
// eighth late, so that a busy topic does not set it for each event. f.mu is
// held.
func (f *Feed) expireIn(d time.Duration) {
	d += f.ring.keep.Age / 8
	f.pending = true
	if f.expiry == nil {
		f.expiry = time.AfterFunc(d, f.expire)
		return
	}
	f.expiry.Reset(d)
}

// expire is what the timer calls.
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
