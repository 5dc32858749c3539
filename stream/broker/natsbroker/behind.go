package natsbroker

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// NATS creates a consumer on any server that keeps the stream. That server may lag
// behind the leader, which has reported the end of the stream.

var errBehind = errors.New("the server of the consumer lags behind")

// complete reports whether a consumer without pending messages has delivered the
// stream up to the number last. messages is how many messages have been received
// from it. complete waits a short time for the server of the consumer to catch
// up, and then returns errBehind: the next consumer may be on another server.
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
			return false, nil // asked again after the messages on their way
		}
		if info.Delivered.Stream >= last {
			return true, nil
		}
		// Delivered stays at the last event of the topic if other topics have later
		// ones. The leader of the stream does not lag behind.
		stream, err := fl.store.info(ctx)
		if err != nil {
			return false, err
		}
		if info.Cluster != nil && stream.Cluster != nil && info.Cluster.Leader == stream.Cluster.Leader {
			return true, nil
		}
		if err := pause(ctx, wait); err != nil {
			return false, err
		}
	}
	return false, errBehind
}
