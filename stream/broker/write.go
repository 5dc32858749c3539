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
// meanwhile.
func (r *run) checkWatched() {
	r.b.mu.Lock()
	defer r.b.mu.Unlock()
	if f := r.b.feeds[r.Topic]; f == nil || f.isEmpty() {
		r.cancel(endUnwatched)
	}
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
	if f := b.feeds[r.Topic]; f != nil {
		f.mu.Lock()
		b.forget(f) // it has no events if they could not be published
		f.mu.Unlock()
	}
	if b.ending && len(b.runs) == 0 {
		close(b.written)
	}
	if keep := b.retention().Age; r.key != "" && keep > 0 {
		time.AfterFunc(keep, func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			delete(b.keys, r.key)
		})
	}
}

// write publishes what the function produces, and the end of the topic.
func (r *run) write(ctx context.Context, produce func(context.Context) iter.Seq2[string, error]) {
	topic := r.b.Topic(r.Topic)
	err := r.publish(ctx, topic, produce)
	after := context.WithoutCancel(ctx)
	end := endFailed
	switch {
	case err == nil:
		err = topic.End(after)
	case errors.Is(err, ErrEnded):
		return // in another process, perhaps
	case ctx.Err() != nil && errors.As(context.Cause(ctx), &end):
		err = topic.fail(after, end)
	default:
		r.b.logger().ErrorContext(ctx, "broker: run failed", slog.String("topic", r.Topic), slog.Any("error", err))
		err = topic.fail(after, end)
	}
	if err != nil {
		r.b.logger().ErrorContext(ctx, "broker: topic of a run has no end", slog.String("topic", r.Topic), slog.Any("error", err))
	}
}

// publish publishes what the function produces.
func (r *run) publish(ctx context.Context, topic Topic, produce func(context.Context) iter.Seq2[string, error]) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
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
