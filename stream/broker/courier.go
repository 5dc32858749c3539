package broker

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
)

// This file holds how the clients of a feed get its events.
//
// A client that waits does so in a queue, and its handler's goroutine sleeps. A
// courier, which is a goroutine, goes from one client to the next and writes what
// there is for it. So an event to ten thousand clients wakes one goroutine, not ten
// thousand. A write may block. Therefore, before a courier writes, there is always
// a further courier that is ready to run. While no write blocks, that one runs on
// another processor or comes too late. If a write blocks, it goes on with the
// clients that are left, and a courier is lost to each client that does not read.

// A queue holds the clients that wait, in order.
type queue struct{ first, last *subscriber }

func (q *queue) push(s *subscriber) {
	s.in, s.before = q, q.last
	if q.last == nil {
		q.first = s
	} else {
		q.last.behind = s
	}
	q.last = s
}

// leave removes s from its queue, if it is in one. feed.mu is held.
func (s *subscriber) leave() {
	q := s.in
	if q == nil {
		return
	}
	if s.before == nil {
		q.first = s.behind
	} else {
		s.before.behind = s.behind
	}
	if s.behind == nil {
		q.last = s.before
	} else {
		s.behind.before = s.before
	}
	s.in, s.before, s.behind = nil, nil, nil
}

// idle returns the queue of the clients that have everything. f.mu is held.
func (f *Feed) idle() *queue { return &f.queues[f.turn] }

// round returns the queue of the clients that the couriers are on their way to.
// f.mu is held.
func (f *Feed) round() *queue { return &f.queues[1-f.turn] }

// rouse sends the events that are new to those that wait for them. No publisher
// waits for that. Events that are published while couriers are on their way share
// the next round. f.mu is held.
func (f *Feed) rouse() {
	if f.ready != nil || f.idle().first != nil {
		f.fresh = true
		f.callCourier()
	}
}

// callCourier starts a courier, unless one is ready to run. f.mu is held.
func (f *Feed) callCourier() {
	if !f.called {
		f.called = true
		f.b.couriers.Add(1)
		go f.courier() // waited for by Shutdown
	}
}

// courier is the goroutine of a courier.
func (f *Feed) courier() {
	defer f.b.couriers.Done()
	f.mu.Lock()
	f.called = false
	f.mu.Unlock()
	b := getBatch()
	defer b.put()
	for {
		s, ready := f.next()
		if ready != nil {
			close(ready)
		}
		if s == nil {
			return
		}
		s.visit(b)
	}
}

// next returns the client that a courier goes to next, or nil. It also begins a
// new round, and returns the channel that has to be closed then, if there is one.
func (f *Feed) next() (s *subscriber, ready chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.round().first == nil && f.fresh {
		f.fresh = false
		f.turn = 1 - f.turn
		f.ready, ready = nil, f.ready
	}
	if s = f.round().first; s == nil {
		return nil, ready
	}
	s.leave()
	s.busy = true
	if f.round().first != nil || f.fresh {
		f.callCourier()
	}
	return s, ready
}

// visit sends s its events, in the goroutine of a courier.
func (s *subscriber) visit(b *batch) {
	err := error(errPanicked) // or a ResponseWriter has ended the goroutine
	defer func() {
		if v := recover(); v != nil && v != http.ErrAbortHandler {
			s.feed.b.logger().Error("broker: event not sent", slog.String("topic", s.feed.name),
				slog.Any("error", fmt.Errorf("panic: %v", v)), slog.String("stack", string(debug.Stack())))
		}
		if err != nil {
			s.end(err)
		}
	}()
	err = s.send(b)
}

// end wakes the handler of s, which returns err.
func (s *subscriber) end(err error) {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	s.err = err
	s.halt()
	s.rest()
}

// halt wakes the handler of s for good. feed.mu is held.
func (s *subscriber) halt() {
	if !s.stopped {
		s.stopped = true
		close(s.stop)
	}
}

// rest ends the visit of a courier. feed.mu is held.
func (s *subscriber) rest() {
	s.busy = false
	if s.left != nil {
		close(s.left)
		s.left = nil
	}
}

// alone waits until no courier is with s, and keeps them away from then on.
func (s *subscriber) alone() {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	s.ending = true
	s.leave()
	for s.busy {
		left := make(chan struct{})
		s.left = left
		f.mu.Unlock()
		<-left
		f.mu.Lock()
	}
}
