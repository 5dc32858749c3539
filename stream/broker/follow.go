package broker

import (
	"context"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// This file is what a Store does to a feed, and how a feed waits for it.

// Start says that what the Store tells from here on is all that it has of the
// topic after a mark. If that is where the feed has got to, it goes on. If not,
// it begins anew: what it had is dropped, and its subscribers are told of a gap.
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

// Event tells an event of the topic, in the order of their numbers. One that
// has been told before is ignored, and so is one that cannot be published: its
// name is bad or reserved. The ID of e is that of the number.
func (f *Feed) Event(number uint64, e sse.Event) {
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
	f.through = number
	if err == nil && !reserved(e.Name) {
		f.push(number, encoded)
		return
	}
	f.rouse()
}

// Through says that the Store has told all that it has of the topic up to a
// number, and that no event is on its way, as far as it knows.
func (f *Feed) Through(number uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.through = max(f.through, number)
	f.current, f.replaying = true, false
	f.b.learn(Mark{f.life, f.through})
	if f.unplaced > 0 || f.expected > 0 {
		f.rouse()
	}
}

// Lost says that the Store is away, or may be: nobody knows what it has.
func (f *Feed) Lost() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.current = false
}

// follow begins to follow the Store. b.mu is held.
func (f *Feed) follow() {
	ctx, stop := context.WithCancel(context.Background())
	f.unfollow = stop
	f.b.followers.Go(func() { f.b.Store.Follow(ctx, f.name, f) }) // waited for by Shutdown
}

// place returns the id of what the feed has got to, if that is up to date.
func (f *Feed) place() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.current {
		return ""
	}
	return makeID(f.epoch, f.through)
}

// admit gives a subscriber of a topic in a Store its position. It reports false
// if the feed has not got to where that is: it is waited for, since another
// process may be ahead. Nor is there a position while what the Store retains is
// only coming: nobody is to take it for news. f.mu is held.
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

// expect notes what Shutdown waits for.
func (f *Feed) expect(m Mark) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.life == m.Life || !f.started {
		f.expected = max(f.expected, m.Number)
	}
}

// await waits until the feed has what this process has published, or until ctx
// ends: the store may be away.
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
