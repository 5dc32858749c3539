package broker

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/rivulet-go/rivulet/internal/whole"
	"github.com/rivulet-go/rivulet/stream/sse"
)

// A run is a call of Broker.Start. Under b.mu.
type run struct {
	Run
	b         *Broker
	key       string
	cancel    context.CancelCauseFunc
	unwatched time.Duration
	idle      *time.Timer // runs while nobody watches; nil without a limit
	seen      time.Time   // when another process had subscribers, the last time

	settled chan struct{} // closed when won and err are final
	won     Run           // the run that has the key
	err     error         // of Start

	// With a Store and a key:
	number  uint64    // of the event by which the run has its key; 0: it has not
	renewed time.Time // when that event was added
}

// settle records what Start returns.
func (r *run) settle(won Run, err error) {
	r.b.mu.Lock()
	defer r.b.mu.Unlock()
	r.won, r.err = won, err
	if err != nil || won != r.Run {
		delete(r.b.keys, r.key) // the Store knows who has it
	}
	close(r.settled)
}

// start calls the function that writes the run.
func (r *run) start(ctx context.Context, o RunOptions, produce func(context.Context) iter.Seq2[string, error]) {
	release := context.CancelFunc(func() {})
	if o.Timeout > 0 {
		ctx, release = context.WithTimeoutCause(ctx, o.Timeout, endTimeout)
	}
	if o.Unwatched > 0 {
		r.b.mu.Lock()
		r.unwatched, r.idle = o.Unwatched, time.AfterFunc(o.Unwatched, r.checkWatched)
		r.b.countReaders()
		r.b.mu.Unlock()
	}
	go func() { // stopRuns waits for it
		defer r.finish()
		defer r.cancel(nil)
		defer release()
		r.write(ctx, produce)
	}()
}

// watched notes that the topic of the run has its first subscriber, or has lost its
// last one. b.mu is held.
func (r *run) watched(yes bool) {
	switch {
	case r == nil || r.idle == nil:
	case yes:
		r.idle.Stop()
	default:
		r.idle.Reset(r.unwatched)
	}
}

// checkWatched ends the run when the timer fires, unless a subscriber has come
// meanwhile, or there has been one in another process.
func (r *run) checkWatched() {
	r.b.mu.Lock()
	defer r.b.mu.Unlock()
	if f := r.b.feeds[r.Topic]; f != nil && !f.isEmpty() || r.b.runs[r.Topic] != r {
		return
	}
	if left := r.b.elsewhereUntil(r); left > 0 {
		r.idle.Reset(left)
		return
	}
	r.cancel(endUnwatched)
}

// isEmpty reports whether the feed has no subscribers.
func (f *Feed) isEmpty() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.subs) == 0
}

// finish notes that the goroutine of a run is about to return. Its key is kept for
// as long as its events.
func (r *run) finish() {
	b := r.b
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.idle != nil {
		r.idle.Stop()
	}
	delete(b.runs, r.Topic)
	b.release()
	if f := b.feeds[r.Topic]; f != nil {
		f.mu.Lock()
		b.forget(f) // it has no events if they could not be published
		f.mu.Unlock()
	}
	if b.ending && len(b.runs) == 0 {
		close(b.written)
	}
	if keep := b.retention().Age; b.keys[r.key] == r && keep > 0 {
		time.AfterFunc(keep, func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			delete(b.keys, r.key)
		})
	}
}

// write publishes what the function produces, and the end of the topic.
func (r *run) write(ctx context.Context, produce func(context.Context) iter.Seq2[string, error]) {
	topic, after := r.b.Topic(r.Topic), context.WithoutCancel(ctx)
	defer func() { _ = r.renew(after) }() // the key is kept for as long as the end, and without it for less
	err := r.publish(ctx, topic, produce)
	if errors.Is(err, ErrEnded) {
		return // by another process, perhaps
	}
	end := topic.End
	if err != nil {
		early := endFailed
		if ctx.Err() == nil || !errors.As(context.Cause(ctx), &early) {
			r.b.logger().ErrorContext(ctx, "broker: run failed", slog.String("topic", r.Topic), slog.Any("error", err))
		}
		end = func(ctx context.Context) error { return topic.fail(ctx, early) }
	}
	if err := r.persist(after, end); err != nil {
		r.b.logger().ErrorContext(ctx, "broker: topic of a run has no end", slog.String("topic", r.Topic), slog.Any("error", err))
	}
}

// persist calls end until the Store has the end of the topic, since readers wait for
// it. After Shutdown has been called, it does not call end again.
func (r *run) persist(ctx context.Context, end func(context.Context) error) error {
	for {
		err := end(ctx)
		if !errors.Is(err, ErrUnavailable) {
			return err
		}
		select {
		case <-r.b.stopping:
			return err
		case <-time.After(time.Second):
		}
	}
}

// publish publishes what the function produces.
func (r *run) publish(ctx context.Context, topic Topic, produce func(context.Context) iter.Seq2[string, error]) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var text whole.Text
	for s, err := range produce(ctx) {
		if err != nil {
			if failed := publishText(ctx, topic, text.Rest()); failed != nil {
				return failed
			}
			return err
		}
		if err := publishText(ctx, topic, text.Add(s)); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return publishText(ctx, topic, text.Rest())
}

func publishText(ctx context.Context, topic Topic, s string) error {
	if s == "" {
		return nil
	}
	_, err := topic.Publish(ctx, sse.Event{Data: s})
	return err
}
