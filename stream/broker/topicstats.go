package broker

import "time"

// TopicStats are the figures of one topic at one moment, in this process.
type TopicStats struct {
	Subscribers int  // clients and subscribers in the same process
	Events      int  // retained events
	Bytes       int  // size of the retained events as they are sent
	Ended       bool // the topic has ended, and the end is retained

	// The counters begin at zero when a topic that had neither subscribers nor
	// events gets one of them.

	Published uint64 // events that were published or, with a Store, that it reported
	Delivered uint64 // events delivered, counted once for each subscriber
	Gaps      uint64 // gaps that subscribers were told of
	Slow      uint64 // number of times that a subscriber was too far behind
}

// Stats returns the current figures of the topic. They are zero if the topic has
// neither subscribers nor events in this process. With a Store, a process has
// events only of topics that have subscribers in it.
func (t Topic) Stats() TopicStats {
	t.b.init()
	t.b.mu.Lock()
	defer t.b.mu.Unlock()
	f := t.b.feeds[t.name]
	if f == nil {
		return TopicStats{}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ring.expire(time.Now())
	return TopicStats{
		Subscribers: len(f.subs),
		Events:      len(f.ring.items),
		Bytes:       f.ring.bytes,
		Ended:       f.ring.ended(),
		Published:   f.ring.next(),
		Delivered:   f.counts.delivered,
		Gaps:        f.counts.gaps,
		Slow:        f.counts.slow,
	}
}
