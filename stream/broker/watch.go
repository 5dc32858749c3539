package broker

import (
	"context"
	"log/slog"
	"time"

	"github.com/rivulet-go/rivulet/stream/sse"
)

// A watch waits for the end of the lease of another process, and then ends the runs
// that have subscribers in this one.
type watch struct {
	b      *Broker
	owner  string
	cancel context.CancelFunc
	more   chan struct{}       // receives when there is another topic; has room for one
	topics map[string]struct{} // under b.mu: of the runs
}

// watch begins to watch the owner of a run that has subscribers here.
func (b *Broker) watch(f *Feed) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	owner := ownerOf(f.name)
	if f.removed || f.watched || b.closed.Load() || b.own != nil && b.own.owner == owner {
		return
	}
	f.watched = true
	w := b.watches[owner]
	if w == nil {
		ctx, cancel := context.WithCancel(context.Background()) // ends with the last subscriber
		w = &watch{b, owner, cancel, make(chan struct{}, 1), map[string]struct{}{}}
		b.watches[owner] = w
		b.followers.Go(func() { w.run(ctx) }) // waited for by Shutdown
	}
	w.topics[f.name] = struct{}{}
	select {
	case w.more <- struct{}{}:
	default:
	}
}

// unwatch is the opposite of watch. b.mu and f.mu are held.
func (b *Broker) unwatch(f *Feed) {
	if !f.watched {
		return
	}
	f.watched = false
	w := b.watches[ownerOf(f.name)]
	if delete(w.topics, f.name); len(w.topics) == 0 {
		w.cancel()
		delete(b.watches, w.owner)
	}
}

// run watches until ctx ends.
func (w *watch) run(ctx context.Context) {
	defer w.cancel()
	for !w.ended(ctx) {
		if ctx.Err() != nil {
			return
		}
	}
	for ctx.Err() == nil {
		var again <-chan time.Time
		if !w.endRuns(ctx) {
			again = time.After(time.Second)
		}
		select {
		case <-w.more:
		case <-again:
		case <-ctx.Done():
		}
	}
}

// ended waits until the lease of the owner has ended. It ends the lease itself if
// nothing has come from the owner for as long as lostAfter says. That time begins
// anew whenever the Store was out of reach. ended reports false when ctx has ended, or
// when it has to start over.
func (w *watch) ended(ctx context.Context) bool {
	v := w.b.view(ctx, leaseTopic(w.owner), 1)
	defer v.close()
	lost := lostAfter * w.b.beat()
	t := time.NewTimer(lost)
	defer t.Stop()
	told := uint64(0)
	for {
		s := v.look()
		if s.ended {
			return true
		}
		if s.data == counting && s.number != told {
			w.tell(ctx)
			told = s.number
		}
		last := s.since
		if s.at.After(last) {
			last = s.at
		}
		left := time.Until(last.Add(lost))
		switch {
		case s.since.IsZero(), len(w.goingOn()) == 0:
			left = lost
		case left <= 0:
			return w.end(ctx, s.number)
		}
		t.Reset(left)
		select {
		case <-s.changed:
		case <-w.more:
			told = 0
		case <-t.C:
		case <-ctx.Done():
			return false
		}
	}
}

// end ends the lease, unless there is an event after the one with the number last.
func (w *watch) end(ctx context.Context, last uint64) bool {
	ctx, cancel := bounded(ctx)
	defer cancel()
	topic := leaseTopic(w.owner)
	if _, added, err := w.b.Store.AppendAfter(ctx, topic, last, sse.Event{Data: "lost"}); err != nil || !added {
		return false
	}
	if _, err := w.b.Store.End(ctx, topic); err != nil {
		return false
	}
	w.b.logger().Warn("broker: runs end, since their process is gone", slog.String("owner", w.owner))
	return true
}

// endRuns ends the runs of the owner that have subscribers here. It reports whether it
// has ended all.
func (w *watch) endRuns(ctx context.Context) bool {
	all := true
	for _, t := range w.goingOn() {
		if err := t.fail(ctx, endLost); err != nil {
			all = false
		}
	}
	return all
}

// goingOn returns the topics of the runs that have subscribers here and have not ended.
func (w *watch) goingOn() (topics []Topic) {
	w.b.mu.Lock()
	defer w.b.mu.Unlock()
	for name := range w.topics {
		if f := w.b.feeds[name]; f != nil && !f.isOver() {
			topics = append(topics, w.b.Topic(name))
		}
	}
	return topics
}

// isOver reports whether the topic has ended.
func (f *Feed) isOver() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ring.ended()
}
