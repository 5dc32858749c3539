package natsbroker

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/rivulet-go/rivulet/stream/broker"
)

// Why what needs a connection ends without one.
var (
	errLost       = errors.New("natsbroker: the connection to NATS is lost")
	errUnanswered = errors.New("natsbroker: NATS does not answer")
	errClosed     = fmt.Errorf("%w: natsbroker: the log is closed", broker.ErrClosed)
)

// watch notes when the connection is lost and when it is back. It ends when the
// listener is removed.
func (l *Log) watch() {
	for status := range l.status {
		l.turn(status == nats.CONNECTED)
	}
}

// turn notes how the connection is.
func (l *Log) turn(connected bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.offline != nil {
		l.offline()
		l.offline = nil
	}
	select {
	case <-l.back:
		l.back = make(chan struct{})
	default:
	}
	if l.closed {
		close(l.back) // who waits is told
	}
	if !connected || l.closed {
		return
	}
	l.online, l.offline = context.WithCancel(context.Background())
	close(l.back)
}

// connected waits for a connection and returns a context that ends with ctx and
// with the connection.
func (l *Log) connected(ctx context.Context) (context.Context, context.CancelFunc, error) {
	for {
		l.mu.Lock()
		online, back := l.online, l.back
		up, closed := l.offline != nil, l.closed
		l.mu.Unlock()
		if closed {
			return nil, nil, errClosed
		}
		if up {
			ctx, cancel := context.WithCancelCause(ctx)
			stop := context.AfterFunc(online, func() { cancel(errLost) })
			return ctx, func() { stop(); cancel(nil) }, nil
		}
		select {
		case <-back:
		case <-ctx.Done():
			return nil, nil, context.Cause(ctx)
		}
	}
}

// attemptTime is how long one answer is waited for before it is asked again.
const attemptTime = 2 * time.Second

// attempt calls f, which publishes on subjects that it needs, for at most
// attemptTime.
func (l *Log) attempt(ctx context.Context, needs func(subject string) bool, f func(context.Context) error) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	defer l.ask(needs, end)()
	ctx, cancel := context.WithTimeoutCause(ctx, attemptTime, errUnanswered)
	defer cancel()
	err := f(ctx)
	if why := context.Cause(ctx); err != nil && (errors.Is(why, errUnanswered) || errors.Is(why, nats.ErrPermissionViolation)) {
		return why
	}
	return err
}

// persist attempts f, with a connection, until it succeeds, until it returns an
// error that will not pass, or until ctx ends.
func (l *Log) persist(ctx context.Context, needs func(subject string) bool, f func(context.Context) error) error {
	last := errLost
	for wait := time.Duration(0); ; {
		online, done, err := l.connected(ctx)
		if errors.Is(err, errClosed) {
			return err
		}
		if err == nil {
			err = l.attempt(online, needs, f)
			done()
			if err == nil || permanent(err) {
				return err
			}
			last = err
		}
		if wait = longer(wait); ctx.Err() != nil || pause(ctx, wait) != nil {
			return unavailable(ctx, last)
		}
	}
}

// unavailable says why something has not been done by the end of ctx.
func unavailable(ctx context.Context, last error) error {
	if cause := context.Cause(ctx); errors.Is(cause, context.Canceled) {
		return fmt.Errorf("natsbroker: %w", cause)
	}
	return fmt.Errorf("%w: %s", broker.ErrUnavailable, strings.TrimPrefix(last.Error(), "natsbroker: "))
}

// permanent reports whether trying again is no use.
func permanent(err error) bool {
	return errors.Is(err, nats.ErrConnectionClosed) ||
		errors.Is(err, nats.ErrAuthorization) || errors.Is(err, nats.ErrPermissionViolation) ||
		errors.Is(err, broker.ErrTooLarge) || errors.Is(err, errStreamDiffers)
}

// longer returns how long to wait after a failure that was waited for before.
func longer(wait time.Duration) time.Duration {
	return min(max(2*wait, 20*time.Millisecond), time.Second)
}

// pause waits about as long, or returns the error of ctx.
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
