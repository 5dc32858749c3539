package natsbroker

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/rivulet-go/rivulet/stream/broker"
)

// attemptTime limits the wait for one answer before the next attempt.
const attemptTime = 2 * time.Second

var errUnanswered = errors.New("NATS does not answer")

// attempt calls f once, with a context that ends after attemptTime. The context
// also ends when the server denies a subject on which f publishes: needs reports
// whether f publishes on a subject.
func (s *Store) attempt(ctx context.Context, needs func(subject string) bool, f func(context.Context) error) error {
	ctx, cancelCause := context.WithCancelCause(ctx)
	defer cancelCause(nil)
	defer s.ask(needs, cancelCause)()
	ctx, cancel := context.WithTimeoutCause(ctx, attemptTime, errUnanswered)
	defer cancel()
	err := f(ctx)
	why := context.Cause(ctx)
	switch {
	case err == nil:
		return nil
	case errors.Is(why, errUnanswered), errors.Is(why, nats.ErrPermissionViolation):
		return why
	case errors.Is(why, errLost) && errors.Is(err, context.Canceled): // err only repeats why
		return errLost
	}
	return err
}

// persist attempts f while there is a connection, until f succeeds, until f
// returns a permanent error, or until ctx ends.
func (s *Store) persist(ctx context.Context, needs func(subject string) bool, f func(context.Context) error) error {
	last := errLost
	for wait := time.Duration(0); ; {
		online, done, err := s.connected(ctx)
		if errors.Is(err, errClosed) {
			return err
		}
		if err == nil {
			err = s.attempt(online, needs, f)
			done()
			switch {
			case err == nil, errors.Is(err, broker.ErrTooLarge), errors.Is(err, errNotLast):
				return err
			case permanent(err):
				return fmt.Errorf("natsbroker: %w", err)
			}
			last = err
		}
		if wait = longer(wait); ctx.Err() != nil || pause(ctx, wait) != nil {
			return unavailable(ctx, last)
		}
	}
}

// prepare opens the stream. It retries while a cluster without a leader does not
// answer or says that it is not available. It retries a few times while a server
// that is just starting returns errors.
func (s *Store) prepare(ctx context.Context) error {
	for tries, wait := 1, time.Duration(0); ; tries++ {
		err := s.attempt(ctx, s.aboutStream, func(ctx context.Context) error {
			_, err := s.open(ctx)
			return err
		})
		var api *jetstream.APIError
		trouble := errors.As(err, &api) && (api.Code >= 500 || api.ErrorCode == noPeers) || errors.Is(err, jetstream.ErrJetStreamNotEnabled) ||
			errors.Is(err, nats.ErrNoResponders) // a leaf node that is just starting
		switch {
		case errors.Is(err, errUnanswered), api != nil && api.ErrorCode == notAvailable:
		case trouble && tries < 6:
		default:
			return err
		}
		if wait = longer(wait); pause(ctx, wait) != nil {
			return err
		}
	}
}

// Error codes of JetStream while a cluster elects a leader, and before its servers have connected.
const (
	notAvailable = 10008 // JSClusterNotAvailErr
	noPeers      = 10005 // JSClusterNoPeersErrF
)

// unavailable returns the error of an operation that has not succeeded by the end
// of ctx.
func unavailable(ctx context.Context, last error) error {
	if cause := context.Cause(ctx); errors.Is(cause, context.Canceled) {
		return fmt.Errorf("natsbroker: %w", cause)
	}
	return fmt.Errorf("%w: %w", broker.ErrUnavailable, last)
}

// permanent reports whether another attempt would be useless.
func permanent(err error) bool {
	return errors.Is(err, nats.ErrConnectionClosed) ||
		errors.Is(err, nats.ErrAuthorization) || errors.Is(err, nats.ErrPermissionViolation) ||
		errors.Is(err, errStreamDiffers)
}

// longer returns the pause after a failure, given the pause before it.
func longer(wait time.Duration) time.Duration {
	return min(max(2*wait, 20*time.Millisecond), time.Second)
}

// pause waits for d, varied at random by up to half, or returns the error of ctx.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d/2 + rand.N(d))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
