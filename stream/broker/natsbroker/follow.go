package natsbroker

import (
	"context"
	"fmt"
	"time"

	"github.com/rivulet-go/rivulet/stream/broker"
)

// Follow follows a topic by one consumer at a time. When that is lost, for
// whatever reason, another goes on where it was, and Stats says why. Follow
// returns when ctx has ended or the log is closed.
func (l *Log) Follow(ctx context.Context, topic string, f *broker.Feed) {
	fl := &follower{l: l, topic: topic, feed: f}
	defer l.trouble(topic, nil)
	for wait := time.Duration(0); ctx.Err() == nil; {
		online, done, err := l.connected(ctx)
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
		l.trouble(topic, err)
		if time.Since(began) > 10*time.Second {
			wait = 0
		}
		wait = longer(wait)
		_ = pause(ctx, wait)
	}
}

// trouble notes why a topic cannot be followed; nil: it can, or need not be.
func (l *Log) trouble(topic string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		delete(l.troubled, topic)
		return
	}
	l.restarts++
	l.troubled[topic], l.err = struct{}{}, fmt.Errorf("natsbroker: topic %q: %w", topic, err)
}
