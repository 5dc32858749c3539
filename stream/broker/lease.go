package broker

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A process that is killed cannot end its runs. Other processes do it, by the lease.
// While a process has runs, it says so from time to time, with an event on a topic of
// its own. A process with readers of such a run watches that topic. If no event comes
// for long enough, it ends the lease, and then the topics of the runs. The Store
// decides: the lease is ended only if the last event that the watcher has seen is the
// last one there is. A process whose lease has ended stops its runs.

// A lease covers the runs of this process from the first one until there are none.
type lease struct {
	owner   string
	ctx     context.Context // ends with the lease
	cancel  context.CancelFunc
	now     chan struct{} // receives when an event must not wait; has room for one
	readers *view         // under b.mu: of the readers elsewhere; nil if they do not matter
}

// Limits of a lease. They are shorter if the Store keeps events for a short time only.
const (
	aliveEvery = 5 * time.Second // the interval of the events of an owner
	lostAfter  = 3               // intervals without an event
)

// beat returns the interval at which the owner of runs says that it lives.
func (b *Broker) beat() time.Duration {
	if age := b.retention().Age; age > 0 {
		return min(aliveEvery, age/12) // the last event must be kept until it is missed, and longer
	}
	return aliveEvery
}

// The data of the events of an owner.
const (
	alive    = "alive"
	counting = "counting" // alive, and wants to know of readers: see readers.go
)

// leaseTopic returns the topic on which an owner says that it lives.
func leaseTopic(owner string) string { return ownPrefix + "owner." + owner }

const (
	runPrefix = "run."
	textLen   = 26 // of rand.Text
	ownerLen  = 13 // enough for a name that is used once
)

// runTopic returns the name of the topic of a new run. With a Store, it has the owner
// of the run in it.
func runTopic(owner string) string {
	if owner != "" {
		owner += "."
	}
	return runPrefix + owner + rand.Text()
}

// isRun reports whether a topic may be one that runTopic has named.
func isRun(topic string) bool {
	n := len(topic) - len(runPrefix) - textLen
	return strings.HasPrefix(topic, runPrefix) && (n == 0 || n == ownerLen+1 && topic[len(runPrefix)+ownerLen] == '.')
}

// ownerOf returns the owner in the name of a run, or "".
func ownerOf(topic string) string {
	if !isRun(topic) || len(topic) == len(runPrefix)+textLen {
		return ""
	}
	return topic[len(runPrefix):][:ownerLen]
}

// lease returns the owner of new runs. b.mu is held, and there is a run or is about to
// be one.
func (b *Broker) lease() string {
	if b.own == nil {
		ctx, cancel := context.WithCancel(context.Background())
		l := &lease{owner: rand.Text()[:ownerLen], ctx: ctx, cancel: cancel, now: make(chan struct{}, 1)}
		b.own = l
		b.followers.Go(func() { b.keep(l) }) // waited for by Shutdown, which ends the runs first
	}
	return b.own.owner
}

// release ends the lease after the last run. b.mu is held.
func (b *Broker) release() {
	if b.own != nil && len(b.runs) == 0 {
		b.own.cancel()
		b.own = nil
	}
}

// keep says that the owner lives, and keeps its claims, until the lease ends.
func (b *Broker) keep(l *lease) {
	defer l.cancel()
	tick := time.NewTicker(b.beat())
	defer tick.Stop()
	for {
		if b.live(l) {
			b.lose(l)
			return
		}
		b.renewClaims(l.ctx)
		select {
		case <-tick.C:
		case <-l.now:
		case <-l.ctx.Done():
			return
		}
	}
}

// live says once that the owner lives. It reports whether the lease has ended.
func (b *Broker) live(l *lease) (ended bool) {
	ctx, cancel := bounded(l.ctx)
	defer cancel()
	says := alive
	b.mu.Lock()
	if l.readers != nil {
		says = counting
	}
	b.mu.Unlock()
	_, err := b.Store.Append(ctx, leaseTopic(l.owner), sse.Event{Data: says})
	if err != nil && l.ctx.Err() == nil && !errors.Is(err, ErrEnded) {
		b.logger().Warn("broker: cannot tell that runs go on", slog.Any("error", err))
	}
	return errors.Is(err, ErrEnded)
}

// lose ends the runs of a lease that has ended.
func (b *Broker) lose(l *lease) {
	b.logger().Error("broker: runs lost, since the store was out of reach for too long")
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.own == l {
		b.own = nil
	}
	for _, r := range b.runs {
		if ownerOf(r.Topic) == l.owner {
			r.cancel(endLost)
		}
	}
}
