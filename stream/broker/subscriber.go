package broker

import (
	"errors"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A subscriber reads a feed from a position on, at its own pace. It has no queue of
// its own.
type subscriber struct {
	feed    *Feed
	subject string
	local   bool          // in the same process
	stream  *sse.Stream   // nil for a local one
	stop    chan struct{} // wakes the handler; nil for a local one
	replay  int           // HandlerOptions.Replay
	known   time.Time     // until when the headers wait for the Store
	after   string        // the id to begin after, until placed; with a Store only

	// Under feed.mu:
	placed   bool   // position is set
	gap      string // the gap to report before the next event; empty if none
	position uint64 // of the next event in the feed's ring
	caughtUp uint64 // the position from which Broker.Queue applies
	stopped  bool   // stop is closed, by Broker.Disconnect or with err
	err      error  // of a courier

	// Under feed.mu, of a client that waits or that a courier is with:
	in             *queue
	before, behind *subscriber   // in the queue
	busy           bool          // a courier is with it
	ending         bool          // the handler is about to return
	left           chan struct{} // closed when the courier has left; nil if nobody waits for that
}

var (
	errStopped  = errors.New("broker: client disconnected")
	errPanicked = errors.New("broker: panic of a ResponseWriter")
)

// subscribe begins a subscription to a topic. It returns errAskAgain if
// Disconnect has been called since round.
func (b *Broker) subscribe(s *subscriber, name, after string, round uint64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed.Load() {
		return ErrClosed
	}
	if !s.local {
		if b.rounds != round {
			return errAskAgain
		}
		if err := b.full(s.subject); err != nil {
			return err
		}
	}
	f, err := b.feed(name)
	if err != nil {
		return err
	}
	b.subs++
	if !s.local {
		b.count(s.subject, 1)
	}
	s.feed = f
	f.mu.Lock()
	defer f.mu.Unlock()
	if b.Store == nil {
		position, gap := f.locate(after)
		f.settle(s, position, gap)
	} else if s.after = after; !f.admit(s) {
		f.unplaced++
	}
	f.subs[s] = struct{}{}
	b.runs[name].watched(true)
	return nil
}

// unsubscribe ends a subscription.
func (b *Broker) unsubscribe(s *subscriber) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subs--
	if !s.local {
		b.count(s.subject, -1)
	}
	s.feed.mu.Lock()
	s.leave()
	delete(s.feed.subs, s)
	if len(s.feed.subs) == 0 {
		b.runs[s.feed.name].watched(false)
	}
	if !s.placed {
		s.feed.unplaced--
	}
	b.forget(s.feed)
	s.feed.mu.Unlock()
	if b.subs == 0 && b.closed.Load() {
		close(b.drained)
	}
}

// place gives a subscriber that waits for its position the position, if it is known
// now. It reports whether the subscriber has one. feed.mu is held.
func (s *subscriber) place() bool {
	if !s.placed && s.feed.admit(s) {
		s.feed.unplaced--
	}
	return s.placed
}

// take appends the next events to dst, if there are some: at least one, and no more
// than fit into a number of bytes. Before a gap, a subscriber in the same process
// gets ErrGap, and a client the event "gap". That event has no id, so that a client
// that is cut right after it is told again, unless nothing can follow. take returns
// ErrEnded when the topic has ended and the subscriber has everything. feed.mu is
// held.
func (s *subscriber) take(dst []sse.Encoded, bytes int) ([]sse.Encoded, error) {
	f := s.feed
	if s.stopped {
		return dst, errStopped
	}
	if !s.place() {
		return dst, nil
	}
	if s.gap != "" {
		if s.local {
			s.gap = ""
			return dst, ErrGap
		}
		dst, s.gap = append(dst, f.gapEvent(s.gap)), ""
	}
	if s.isSlow() {
		f.counts.slow++
		if f.b.Slow != DropOldest {
			return dst, ErrSlow
		}
		s.skip()
	}
	n := len(dst)
	if s.isOver() && n == 0 {
		return dst, ErrEnded
	}
	dst = f.ring.read(dst, s.position, bytes)
	s.position += uint64(len(dst) - n)
	f.counts.delivered += uint64(len(dst) - n)
	return dst, nil
}

// takeOrWait is take for a subscriber in the same process. If there are no events,
// it returns a channel that is closed when there may be some.
func (s *subscriber) takeOrWait(dst []sse.Encoded, bytes int) ([]sse.Encoded, <-chan struct{}, error) {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	dst, err := s.take(dst, bytes)
	if err == nil && len(dst) == 0 {
		return dst, f.wait(), nil
	}
	return dst, nil, err
}

// isOver reports whether the topic has ended and the subscriber has everything. A
// subscriber in the same process does not receive the event "end". feed.mu is held.
func (s *subscriber) isOver() bool {
	r := &s.feed.ring
	last := r.next()
	if s.local {
		last--
	}
	return r.ended() && s.gap == "" && s.position >= last
}

// isSlow reports whether the subscriber is too far behind. feed.mu is held.
func (s *subscriber) isSlow() bool {
	r := &s.feed.ring
	if s.position < r.first {
		return true
	}
	queue := s.feed.b.Queue
	return queue > 0 && s.position >= s.caughtUp && r.next()-s.position > uint64(queue)
}

// skip moves the subscriber forward, to where it is no longer too far behind.
// feed.mu is held.
func (s *subscriber) skip() {
	r := &s.feed.ring
	s.position = max(s.position, r.first)
	if queue := uint64(max(s.feed.b.Queue, 0)); queue > 0 && r.next()-s.position > queue {
		s.position = r.next() - queue
	}
}
