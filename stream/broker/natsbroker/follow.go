package natsbroker

import (
	"context"
	"fmt"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
)

// Follow follows a topic by one consumer at a time. When that is lost, for
// whatever reason, another goes on where it was, and Stats says why. Follow
// returns when ctx has ended or the store is closed.
func (s *Store) Follow(ctx context.Context, topic string, f *broker.Feed) {
	fl := &follower{store: s, topic: topic, feed: f}
	defer s.trouble(topic, nil)
	for wait := time.Duration(0); ctx.Err() == nil; {
		online, done, err := s.connected(ctx)
		if err != nil {
			return
		}
		began := time.Now()
		err = fl.run(online)
		done()
		f.Lost()
		if ctx.Err() != nil {
			return
		}
		s.trouble(topic, err)
		if time.Since(began) > 10*time.Second {
			wait = 0
		}
		wait = longer(wait)
		_ = pause(ctx, wait)
	}
}

// trouble notes why a topic cannot be followed; nil: it can, or need not be.
func (s *Store) trouble(topic string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		delete(s.troubled, topic)
		return
	}
	s.restarts++
	s.troubled[topic], s.err = struct{}{}, fmt.Errorf("natsbroker: topic %q: %w", topic, err)
}
