package broker

import (
	"context"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// This file holds the calls of a Store to a feed, and how a feed waits for them.

// Start announces that the Store will report all its events of the topic after a
// mark. If the feed has reached that mark, it continues. Otherwise it starts
// over: it drops its events and tells its subscribers of a gap.
func (f *Feed) Start(after Mark) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.removed || f.started && f.life == after.Life && f.through == after.Number {
		return
	}
	gap := gapExpired
	if f.life != after.Life {
		gap = gapUnknown
		if f.started {
			f.expected = 0
		}
		f.life, f.epoch = after.Life, epoch(after.Life, f.name)
	}
	f.b.learn(after)
	f.started, f.replaying, f.current, f.through = true, true, false, after.Number
	f.ring.reset(after.Number)
	for s := range f.subs {
		if s.placed {
			s.position, s.caughtUp, s.gap = f.ring.next(), f.ring.next(), gap
			f.counts.gaps++
		}
	}
	f.rouse()
}

// Event reports the next event of the topic. Events must be reported in the order
// of their numbers. Event ignores a number that has been reported before, an
// event whose name is invalid or reserved, and an event after the end of the
// topic. The feed sets the ID of e from the number.
func (f *Feed) Event(number uint64, e sse.Event) {
	f.report(number, e, !reserved(e.Name))
}

// End reports the end of the topic, as Event reports an event. It ignores the
// second end of a topic.
func (f *Feed) End(number uint64) { f.report(number, sse.Event{Name: endName}, true) }

// report is Event for an event that may be the end. An event that is not good only
// takes its number.
func (f *Feed) report(number uint64, e sse.Event, good bool) {
	f.mu.Lock()
	epoch, stale := f.epoch, number <= f.through
	f.mu.Unlock()
	if stale {
		return
	}
	e.ID = makeID(epoch, number)
	encoded, err := e.Encode()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.removed {
		return
	}
	f.through, f.seen = number, true
	if !good || err != nil || !f.push(number, e.Name, encoded) {
		f.rouse()
	}
}

// Through announces that the Store has reported all its events of the topic up to
// a number and knows of no further one.
func (f *Feed) Through(number uint64) {
	if f.arrive(number) {
		f.b.watch(f)
	}
}

// arrive is Through. It reports whether the feed has to be watched.
func (f *Feed) arrive(number uint64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.through = max(f.through, number)
	if !f.current {
		f.since = time.Now()
		f.rouse()
	}
	f.current, f.replaying = true, false
	f.b.learn(Mark{f.life, f.through})
	if f.unplaced > 0 || f.expected > 0 {
		f.rouse()
	}
	if !f.seen || f.known || f.ring.ended() || ownerOf(f.name) == "" {
		return false
	}
	f.known = true
	return true
}

// Lost announces that the Store may be out of reach and have events that it has
// not reported.
func (f *Feed) Lost() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.current = false
}

// follow starts Store.Follow. b.mu is held.
func (f *Feed) follow() {
	ctx, cancel := context.WithCancel(context.Background())
	f.unfollow = cancel
	f.b.followers.Go(func() { f.b.Store.Follow(ctx, f.name, f) }) // waited for by Shutdown
}

// place returns the id that the feed has reached. It is empty if the Store may
// have further events.
func (f *Feed) place() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.current {
		return ""
	}
	return makeID(f.epoch, f.through)
}

// admit gives a subscriber of a topic in a Store its position. It reports false
// if the subscriber has to wait, for one of two reasons. Its id may be of a
// process that is ahead of this one, so the feed has to reach that number first.
// Or the feed is still receiving events that the Store retains, which must not be
// taken for new ones. f.mu is held.
func (f *Feed) admit(s *subscriber) bool {
	if !f.started || f.replaying {
		return false
	}
	f.ring.expire(time.Now())
	position, gap := f.ring.next(), ""
	if s.after == "" {
		gap = gapExpired
	} else if number, ok := parseID(s.after, f.epoch); !ok {
		gap = gapUnknown
	} else if number > f.through {
		if !f.current || f.b.knows(Mark{f.life, number}) {
			return false
		}
		gap = gapUnknown
	} else if there, ok := f.ring.after(number); ok {
		position = there
	} else {
		gap = gapExpired
	}
	f.settle(s, position, gap)
	return true
}

// expect records the mark of an event that this process has published. Shutdown
// waits until the feed has reached it.
func (f *Feed) expect(m Mark) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.life == m.Life || !f.started {
		f.expected = max(f.expected, m.Number)
	}
}

// await waits until the feed has received the events that this process has
// published, or until ctx ends, since the Store may be out of reach.
func (f *Feed) await(ctx context.Context) {
	for {
		f.mu.Lock()
		if f.removed || f.expected == 0 || f.through >= f.expected && !f.replaying {
			f.mu.Unlock()
			return
		}
		ready := f.wait()
		f.mu.Unlock()
		select {
		case <-ready:
		case <-ctx.Done():
			return
		}
	}
}
