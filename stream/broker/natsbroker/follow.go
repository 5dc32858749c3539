package natsbroker

import (
	"context"
	"fmt"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
)

// Follow follows a topic with one consumer at a time. If the consumer is lost,
// Follow continues with another one where the first has stopped, and Stats
// reports the reason. Follow returns when ctx has ended or the store is closed.
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

// trouble records why a topic cannot be followed. A nil error means that it can
// be, or need not be.
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
