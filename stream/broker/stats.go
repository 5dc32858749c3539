package broker

// Stats are the figures of a broker at one moment. The counters only grow.
type Stats struct {
	Topics      int // topics that have subscribers or events
	Subscribers int // clients and subscribers in the same process
	Events      int // retained events
	Bytes       int // size of the retained events as they are sent

	Published uint64 // events that this process has published
	Delivered uint64 // events delivered, counted once for each subscriber
	Gaps      uint64 // gaps that subscribers were told of
	Slow      uint64 // times that a subscriber was too far behind
	Refused   uint64 // requests refused, for any reason

	Store StoreStats // zero without a Store
}

// counts are the counters of a feed.
type counts struct{ published, delivered, gaps, slow uint64 }

func (c *counts) add(d counts) {
	c.published += d.published
	c.delivered += d.delivered
	c.gaps += d.gaps
	c.slow += d.slow
}

// Stats returns the current figures. It visits each topic, so it is for a probe
// and not for each request.
func (b *Broker) Stats() Stats {
	b.init()
	b.mu.Lock()
	defer b.mu.Unlock()
	s := Stats{Topics: len(b.feeds), Subscribers: b.subs, Refused: b.refused.Load()}
	if b.Store != nil {
		s.Store = b.Store.Stats()
		s.Store.Behind = 0
	}
	sum := b.counts
	for _, f := range b.feeds {
		f.mu.Lock()
		s.Events += len(f.ring.items)
		s.Bytes += f.ring.bytes
		sum.add(f.counts)
		if b.Store != nil && !f.current {
			s.Store.Behind++
		}
		f.mu.Unlock()
	}
	s.Published, s.Delivered, s.Gaps, s.Slow = sum.published, sum.delivered, sum.gaps, sum.slow
	return s
}
