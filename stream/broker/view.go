package broker

import (
	"context"
	"math"
	"time"
)

// The broker keeps some facts about its runs in topics of its own in the Store.
// Programs can neither publish on them nor subscribe to them. Each of their names
// begins with ownPrefix.
const ownPrefix = "rivulet."

// A view follows such a topic. Its feed is not one of the broker's feeds.
type view struct {
	*Feed
	done chan struct{} // closed when Store.Follow has returned
}

// view follows a topic of the broker's own until close is called. Its feed keeps a
// number of events.
func (b *Broker) view(ctx context.Context, name string, count int) *view {
	ctx, cancel := context.WithCancel(ctx)
	v := &view{
		Feed: &Feed{
			b:        b,
			name:     name,
			unfollow: cancel,
			ring:     ring{keep: Retention{Count: count, Bytes: math.MaxInt, Age: -1}},
		},
		done: make(chan struct{}),
	}
	go func() { // waited for by close
		defer close(v.done)
		b.Store.Follow(ctx, name, v.Feed)
	}()
	return v
}

func (v *view) close() {
	v.unfollow()
	<-v.done
}

// A sight is what a view shows at one moment.
type sight struct {
	number  uint64          // of the last event; 0: none
	data    string          // of the last event
	at      time.Time       // when it was reported
	ended   bool            // the topic has ended
	since   time.Time       // since when the Store has no further event, as far as is known; zero: it may have one
	changed <-chan struct{} // closed when there may be more to see
}

func (v *view) look() sight {
	v.mu.Lock()
	defer v.mu.Unlock()
	s := sight{ended: v.ring.ended(), changed: v.wait()}
	if v.current {
		s.since = v.since
	}
	if n := len(v.ring.items); n > 0 {
		last := v.ring.items[n-1]
		s.number, s.data, s.at = last.number, last.event.Event().Data, last.at
	}
	return s
}
