package broker

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A run that nobody watches ends, if RunOptions.Unwatched says so. Its subscribers may be
// in other processes. While a process has such runs, it asks for them with each event of
// its lease. Each process that watches the lease then names the runs that have
// subscribers there, on a topic for that.

// readersTopic returns the topic on which other processes name runs of an owner.
func readersTopic(owner string) string { return ownPrefix + "readers." + owner }

const (
	readersAfter = 2   // intervals of the lease for which subscribers count that have been named
	perEvent     = 500 // runs in one event
	unreadEvents = 256 // that are kept for countReaders
)

// countReaders begins to ask for subscribers in other processes. b.mu is held.
func (b *Broker) countReaders() {
	l := b.own
	if l == nil || l.readers != nil {
		return
	}
	v := b.view(l.ctx, readersTopic(l.owner), unreadEvents)
	l.readers = v
	b.followers.Go(func() { // waited for by Shutdown
		defer v.close()
		b.hearReaders(l.ctx, v)
	})
	select {
	case l.now <- struct{}{}:
	default:
	}
}

// hearReaders notes which runs have subscribers in other processes, until ctx ends.
func (b *Broker) hearReaders(ctx context.Context, v *view) {
	life := ""
	for heard := uint64(0); ; {
		v.mu.Lock()
		changed := v.wait()
		var names []string
		if v.life != life {
			life, heard = v.life, 0
		}
		for _, it := range v.ring.items {
			if it.number > heard {
				names = append(names, strings.Fields(it.event.Event().Data)...)
				heard = it.number
			}
		}
		v.mu.Unlock()
		b.mu.Lock()
		for _, name := range names {
			if r := b.runs[name]; r != nil {
				r.seen = time.Now()
			}
		}
		b.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// elsewhereUntil returns for how long the run goes on although it has no subscribers in
// this process. b.mu is held.
func (b *Broker) elsewhereUntil(r *run) time.Duration {
	if b.own == nil || b.own.readers == nil {
		return 0
	}
	if !b.own.readers.isCurrent() {
		return r.unwatched // nothing is known of other processes
	}
	if r.seen.IsZero() {
		return 0
	}
	return time.Until(r.seen.Add(readersAfter*b.beat() + r.unwatched))
}

func (v *view) isCurrent() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.current
}

// tell names the runs of the owner that have subscribers in this process.
func (w *watch) tell(ctx context.Context) {
	var names []string
	for _, t := range w.goingOn() {
		names = append(names, t.name)
	}
	ctx, cancel := bounded(ctx)
	defer cancel()
	for part := range slices.Chunk(names, perEvent) {
		if _, err := w.b.Store.Append(ctx, readersTopic(w.owner), sse.Event{Data: strings.Join(part, " ")}); err != nil {
			return // the next event of the owner asks again
		}
	}
}
