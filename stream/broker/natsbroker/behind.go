package natsbroker

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// NATS makes a consumer on any of the servers that keep the stream. What its
// leader says of the end of the stream may not have got there.

var errBehind = errors.New("a consumer is on a server that is behind")

// complete reports whether a consumer that has nothing pending has sent all up
// to the number last, and so many messages in all. Where it is not so yet it is
// waited for, but not for long: the next consumer may be on another server.
func (fl *follower) complete(ctx context.Context, c jetstream.PushConsumer, last, messages uint64) (bool, error) {
	if fl.alone || fl.through >= last {
		return true, nil
	}
	for wait := time.Millisecond; wait < 200*time.Millisecond; wait *= 2 {
		info, err := c.Info(ctx)
		if err != nil {
			return false, err
		}
		if info.NumPending > 0 || info.Delivered.Consumer > messages {
			return false, nil // asked again after what is on its way
		}
		if info.Delivered.Stream >= last {
			return true, nil
		}
		if err := pause(ctx, wait); err != nil {
			return false, err
		}
	}
	return false, errBehind
}
